import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { attach } from "../../../host/client/open.js";
import type { PoolClient } from "../../../host/client/pool-client.js";
import { tidyingMs } from "../../fixtures/support/tidying.js";
import type { Tally } from "../tally.js";
import { Random, type Task } from "../trial.js";
import { PoolFigures } from "./pool-figures.js";
import { ValkeyLoad } from "./valkey-load.js";
import { type ValkeyClient, ValkeyServer } from "./valkey-server.js";

const connections = 8;

/**
 * Valkey is under load, the pool comes, the load goes on while children of it save; then every key is read, saved,
 * loaded and read again. In the end a Valkey without a pool reads what this one left behind.
 */
export async function attachToValkey(program: string, task: Task, tally: Tally): Promise<void> {
    const random = new Random(task.seed);
    const figures = new PoolFigures("commands");
    let commands = 0;
    for (let round = 0; round < task.count && !task.stopping(); round++) {
        const name = `round ${round}`;
        const server = await ValkeyServer.start(program);
        let session: PoolClient | null = null;
        try {
            const load = await startLoad(server, () => random.between(0, 0x7fffffff));
            await pause(random.between(200, 1500));
            const early = commandsOf(load);
            session = await attach(server.pid, { logFile: `${server.folder}/pool.log` });
            tally.expect(commandsOf(load) > early, `${name}: nothing was answered while the pool came`);
            const before = commandsOf(load);
            const client = await server.connect();
            await server.inBackground(client, "BGSAVE");
            await server.inBackground(client, "BGREWRITEAOF");
            await pause(1500);
            await rest(load);
            await verify(load, client, `${name}, after the load`, tally);
            await client.sendCommand(["DEBUG", "RELOAD"]);
            await verify(load, client, `${name}, saved and loaded again`, tally);
            await judge(await server.info(client), name, tally);
            figures.add(await session.statistics(), before / commandsOf(load), name, tally);
            await session.close();
            for (const one of load) one.begin();
            await pause(tidyingMs);
            await rest(load);
            commands += commandsOf(load);
            const ending = await server.shutDown(client);
            if (ending !== "exit code 0") {
                tally.death(`${name}: ordered to end, it ended with ${ending}\n${tailOf(server)}`);
            }
            await readWithoutPool(program, server.folder, load, name, tally);
        } catch (error) {
            await pause(500); // one that is dying may still answer for a moment
            const message = `${name}: ${(error as Error).message}\n${tailOf(server)}`;
            if (server.ending === null || server.ending === "exit code 0") tally.expect(false, message);
            else tally.death(`${message}\nthe program ended (${server.ending})`);
        } finally {
            await session?.close();
            await server.kill();
            rmSync(server.folder, { recursive: true, force: true });
            tally.done();
        }
    }
    tally.remarks.push(...figures.remarks(), `${commands.toLocaleString("en")} commands were answered`);
}

async function startLoad(server: ValkeyServer, seed: () => number): Promise<ValkeyLoad[]> {
    const load: ValkeyLoad[] = [];
    for (let connection = 0; connection < connections; connection++) {
        load.push(new ValkeyLoad(await server.connect(), `c${connection}`, seed()));
    }
    for (const one of load) one.begin();
    return load;
}

async function rest(load: readonly ValkeyLoad[]): Promise<void> {
    await Promise.all(load.map((one) => one.rest()));
}

async function verify(load: readonly ValkeyLoad[], client: ValkeyClient, when: string, tally: Tally): Promise<void> {
    await Promise.all(load.map((one) => one.verify(client)));
    for (const { mismatches } of load) {
        for (const mismatch of mismatches.splice(0)) tally.contents(1, `${when}: ${mismatch}`);
    }
    const size = load.reduce((sum, one) => sum + one.size, 0);
    const found = await client.dbSize();
    tally.expect(found === size, `${when}: ${found} keys instead of ${size}`);
}

/** What it says about itself. */
async function judge(info: Map<string, string>, name: string, tally: Tally): Promise<void> {
    const errors = [...info].filter(([key]) => key.startsWith("errorstat_"));
    tally.expect(errors.length === 0, `${name}: it counts errors: ${errors.join("; ")}`);
    tally.expect(info.get("mem_allocator") === "libc", `${name}: its allocator is ${info.get("mem_allocator")}`);
    tally.expect(Number(info.get("io_threaded_reads_processed")) > 0, `${name}: its threads read nothing`);
    tally.expect(Number(info.get("total_forks")) >= 2, `${name}: it forked ${info.get("total_forks")} times`);
}

async function readWithoutPool(
    program: string,
    folder: string,
    load: readonly ValkeyLoad[],
    name: string,
    tally: Tally,
): Promise<void> {
    const server = await ValkeyServer.start(program, folder);
    try {
        const client = await server.connect();
        await verify(load, client, `${name}, loaded by a server without a pool`, tally);
        client.destroy();
    } finally {
        await server.kill();
    }
}

function commandsOf(load: readonly ValkeyLoad[]): number {
    return load.reduce((sum, { commands }) => sum + commands, 0);
}

function tailOf(server: ValkeyServer): string {
    return server.log.slice(-2000);
}
