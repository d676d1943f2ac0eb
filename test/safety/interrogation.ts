import { installerScript } from "../../host/client/agent-scripts.js";
import { FridaTransport } from "../../host/client/frida-transport.js";
import { findOnly } from "../../host/client/install.js";
import type { ProgramHere } from "../../host/client/mailbox/find-mailbox.js";
import { reachByMemory } from "../../host/client/mailbox/reach-pool.js";
import { PoolClient } from "../../host/client/pool-client.js";
import { readCallers } from "../../host/client/sampling/read-callers.js";
import { translateErrors } from "../../host/client/translate-errors.js";
import { UserError } from "../../host/errors.js";
import type { Engine, EngineSession } from "../../host/frida/engine.js";
import { openEngine } from "../../host/frida/open-engine.js";
import { readProcess } from "../../host/process/process-table.js";
import { histogramBars } from "../../host/repl/statistics-lines.js";
import { statisticsBlock } from "../../host/text/statistics-block.js";
import { readEnvironments } from "../fixtures/prepare/environments.js";
import type { Target } from "../fixtures/support/targets.js";
import type { Victim } from "../fixtures/support/victim.js";
import type { Outcome } from "./forgeries.js";

/** Long enough for any answer that is not lost. */
const answerLimitMs = 8_000;

/** One session of the host in a program, in which its pool can be searched for any number of times. */
export class Interrogation {
    private constructor(
        readonly engine: Engine,
        readonly session: EngineSession,
        readonly here: ProgramHere,
    ) {}

    static async begin(victim: Victim, target: Target): Promise<Interrogation> {
        const { wine } = readEnvironments();
        const engine = await openEngine({
            choice: target.engine,
            wine: target.engine === "wine" && wine.ready ? { loader: wine.wine, prefix: wine.prefix } : null,
            programOutput: "none",
            answerLimitMs,
            onProgress: () => {},
        });
        const pid = target.engine === "wine" ? (await victim.numbers("pid"))["pid"]! : victim.pid;
        const session = await engine.attach(pid, installerScript());
        return new Interrogation(engine, session, { pid: victim.pid, wine: readProcess(victim.pid)!.wine });
    }

    /**
     * Searches for a pool and sends it every request, by the session and, if the host finds it without one, by the mailbox
     * in the program's memory.
     *
     * @throws anything but a UserError
     */
    async ask(): Promise<Outcome> {
        try {
            await translateErrors(async () => {
                const installed = await findOnly(this.session, {}, this.engine);
                await askEverything(new PoolClient(new FridaTransport(this.engine, this.session), installed));
                const reached = await reachByMemory(this.here, answerLimitMs);
                if (reached === null) return;
                const client = new PoolClient(reached.transport, installed);
                await askEverything(client).finally(() => client.close());
            });
            return "served";
        } catch (error) {
            if (error instanceof UserError) return error.code;
            throw error;
        }
    }

    /** Leaves as the host does: does not wait for a program that does not answer. */
    async end(): Promise<void> {
        await this.session.detach().catch(() => {});
        this.engine.close();
    }
}

async function askEverything(pool: PoolClient): Promise<void> {
    await pool.ask("find", null);
    const statistics = await pool.statistics();
    histogramBars(statistics.histogram);
    await pool.log(statisticsBlock(statistics));
    await pool.setMemoryPoolActive(false);
    await pool.resetMemoryPool();
    await pool.ask("startSampler", 1000);
    const { callers } = await readCallers(pool);
    const symbols = await pool.symbols();
    await symbols.symbolsOf(["0x10", ...[...callers.values()].flatMap(({ chain }) => chain)]);
}
