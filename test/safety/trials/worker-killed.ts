import { setTimeout as pause } from "node:timers/promises";
import { UserError } from "../../../host/errors.js";
import type { Strategy } from "../../../shared/protocol/install.js";
import { childrenOf, isRunning, isTraced, stateOf } from "../../fixtures/support/running.js";
import type { Victim } from "../../fixtures/support/victim.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { PipedHost } from "../hosts.js";
import { randomMoment } from "../moments.js";
import { nextHostTakesOver } from "../next-host.js";
import { spreadText } from "../spread.js";
import { strategyOfRound } from "../strategy-of-round.js";
import { Tally } from "../tally.js";
import { onPrograms, type Random } from "../trial.js";
import { eachVictim } from "../victims.js";
import { yielding } from "../yielding.js";

export const workerKilled = onPrograms({
    name: "worker-killed",
    what: "kill -9 of the worker at a random moment",
    count: (program) => (program === "linux-x64" ? { short: 2, full: 80 } : { short: 1, full: 60 }),
    async run(task, tally) {
        const during = { kills: 0, harmed: 0, refused: 0, windowsMs: [] as number[] };
        await eachVictim({ ...task, target: yielding(task.target) }, tally, async (victim, round) => {
            const strategy = strategyOfRound(round);
            await victim.order("load");
            const host = new PipedHost(victim.processName, strategy);
            const worker = waitUntil("the worker starts", () => childrenOf(host.pid)[0]);
            const when = `round ${round}, ${await momentOf(host, round + task.seed, task.random)}`;
            const inside = await killWorker(await worker, host, victim);
            host.leave();
            const end = await host.ended();
            const window = windowOf(host);
            if (window !== null) during.windowsMs.push(window);
            tally.expect(/^[0345]$/.test(end), `${when}: the host ended with ${end}: ${host.output.slice(-300)}`);
            if (!inside) return void (await nextHostTakesOver(victim, strategy, tally, when));
            during.kills++;
            const next = await checkProgram(victim, strategy, when);
            if (next !== "served") during[next]++;
            return "may have died";
        });
        tally.remarks.push(
            `killed ${during.kills} times within the injection, which ended or crippled the program ${during.harmed} times; ` +
                `${during.refused} times the next host refused it, unharmed`,
            ...(during.windowsMs.length === 0 ? [] : [`an injection takes ${spreadText(during.windowsMs)}`]),
        );
    },
});

/** From the request to inject until the agent answers, in milliseconds; null: it has not come that far. */
function windowOf(host: PipedHost): number | null {
    const [from, to] = [host.printedAt(/attaching to/), host.printedAt(/installing the pool/)];
    return from === null || to === null ? null : to - from;
}

/** Whether a program whose injection was interrupted goes on with its blocks intact, serves another host, and ends. */
async function checkProgram(
    victim: Victim,
    strategy: Strategy,
    when: string,
): Promise<"served" | "refused" | "harmed"> {
    const aside = new Tally();
    try {
        const served = await nextHostTakesOver(victim, strategy, aside, when).then(() => true, isRefusal);
        if (!served) aside.contents((await victim.numbers("rest"))["corruptions"], when);
        const isWhole = (await victim.quit()) === 0 && aside.faults.length === 0;
        return !isWhole ? "harmed" : served ? "served" : "refused";
    } catch {
        return "harmed";
    }
}

/** The next host does not inject while an agent is still unloading. @returns false */
function isRefusal(error: unknown): false {
    if (error instanceof UserError && error.code === "NOT_ANSWERING") return false;
    throw error;
}

/** One round of six has its moment while the worker lingers after its host has ended. */
async function momentOf(host: PipedHost, round: number, random: Random): Promise<string> {
    if (round % 6 !== 5) return randomMoment(host, round, random);
    host.leave();
    await host.untilPrinted(/has its pool/);
    const milliseconds = random.between(0, lingeringMs);
    await pause(milliseconds);
    return `${milliseconds} ms after its host had its pool and left`;
}

/** How long after its host a worker may still run, in milliseconds. */
const lingeringMs = 2500;

/**
 * Stops it to read its state, and kills it.
 *
 * @returns whether it was injecting: Frida's helper had the request and the agent did not answer yet, or the helper was
 *   attached to the program by ptrace, as it is once more to clean up
 */
async function killWorker(worker: number, host: PipedHost, victim: Victim): Promise<boolean> {
    if (!isRunning(worker)) return false;
    process.kill(worker, "SIGSTOP");
    await waitUntil("the worker is stopped", () => !isRunning(worker) || stateOf(worker) === "T");
    const requested = host.printedAt(/attaching to/) !== null && host.printedAt(/installing the pool/) === null;
    const traced = isTraced(victim.pid);
    process.kill(worker, "SIGKILL");
    return requested || traced;
}
