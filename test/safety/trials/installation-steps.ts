import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readMemoryMap } from "../../../host/process/memory-map.js";
import { pollUntil } from "../../../host/process/poll.js";
import type { Strategy } from "../../../shared/protocol/install.js";
import { isRunning, isTraced, stateOf } from "../../fixtures/support/running.js";
import type { Target } from "../../fixtures/support/targets.js";
import type { Victim } from "../../fixtures/support/victim.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { namesOfFrida, threadNamesOf } from "../after-frida/footprint.js";
import { nextHostTakesOver } from "../next-host.js";
import { poolUnderLoad, strategyOfRound } from "../strategy-of-round.js";
import { Tally } from "../tally.js";
import { onPrograms } from "../trial.js";
import { eachVictim } from "../victims.js";

/** Where the host stops, in the order of an installation. */
const steps = [
    "before prepare",
    "during prepare",
    "before writeHooks",
    "during writeHooks",
    "before detach",
    "during detach",
] as const;

/** The process that is killed there. */
const killed = ["host", "worker"] as const;

/** After a request was sent or a session ended, how long until the kill, at most, in milliseconds. */
const duringAtMost = 40;

/**
 * Frida's helper for 32-bit programs outlives a worker that is killed, for minutes, and the agent stays with it: no wait
 * for that. A prepared pool must be given up nevertheless.
 */
const targetWithHelper: Target["name"] = "linux-i386";

/** How long Frida may take to leave the program, in milliseconds. */
const leavingMs = 30_000;

const steppingHost = fileURLToPath(new URL("../stepping-host.js", import.meta.url));

/** Each step with each of the processes in turn, while eight threads allocate without pause. */
export const installationSteps = onPrograms({
    name: "installation-steps",
    what: "kill -9 of host or worker at each step of an installation",
    count: { short: steps.length * killed.length, full: 10 * steps.length * killed.length },
    async run(task, tally) {
        const found = new Map<string, number>();
        let harmed = 0;
        await eachVictim(task, tally, async (victim, round) => {
            const step = steps[Math.floor(round / killed.length) % steps.length]!;
            const who = killed[round % killed.length]!;
            const strategy = strategyOfRound(round);
            await victim.order("load");
            const later = step.startsWith("during") ? task.random.between(0, duringAtMost) : 0;
            const when = `round ${round}, ${who} killed ${step}${later > 0 ? ` (${later} ms)` : ""}`;
            const wasTraced = await killAt(victim, task.target, strategy, step, who, later);
            if (wasTraced) {
                if (!(await isWhole(victim, strategy, when))) harmed++;
                return "may have died";
            }
            const mayStay = who === "worker" && task.target.name === targetWithHelper;
            const left = await pollUntil(() => (ofFrida(victim.pid).length === 0 ? true : null), {
                everyMs: 100,
                limitMs: mayStay ? 0 : leavingMs,
            });
            tally.expect(left === true || mayStay, `${when}: it still has ${ofFrida(victim.pid).join(", ")}`);
            if (await nextHostTakesOver(victim, strategy, tally, when)) found.set(step, (found.get(step) ?? 0) + 1);
        });
        const counts = steps.map((step) => `${found.get(step) ?? 0} ${step}`).join(", ");
        tally.remarks.push(`the next host found a pool: ${counts}`);
        if (harmed > 0) tally.remarks.push(`${harmed} programs ended: Frida had them in hand by ptrace at the kill`);
    },
});

/** @returns whether Frida had the program in hand by ptrace when its worker was killed */
async function killAt(
    victim: Victim,
    target: Target,
    strategy: Strategy,
    step: (typeof steps)[number],
    who: (typeof killed)[number],
    laterMs: number,
): Promise<boolean> {
    const pid = target.engine === "wine" ? (await victim.numbers("pid"))["pid"]! : victim.pid;
    const { poolSizeMb } = poolUnderLoad(strategy);
    const args = [steppingHost, target.engine, String(pid), strategy, String(poolSizeMb), step];
    const host = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "ignore"] });
    const exited = once(host, "exit");
    try {
        const lines = createInterface({ input: host.stdout })[Symbol.asyncIterator]();
        const worker = Number((await lines.next()).value);
        const reached: unknown = (await lines.next()).value;
        if (reached !== step) throw new Error(`the host did not come to "${step}"`);
        await pause(laterMs);
        return who === "worker" ? await killWorker(worker, victim) : false;
    } finally {
        host.kill("SIGKILL");
        await exited;
    }
}

async function killWorker(worker: number, victim: Victim): Promise<boolean> {
    if (!isRunning(worker)) return false;
    process.kill(worker, "SIGSTOP");
    await waitUntil("the worker is stopped", () => !isRunning(worker) || stateOf(worker) === "T");
    const wasTraced = isTraced(victim.pid);
    process.kill(worker, "SIGKILL");
    return wasTraced;
}

/** Whether a program whose injection was interrupted goes on with its blocks intact. */
async function isWhole(victim: Victim, strategy: Strategy, when: string): Promise<boolean> {
    const aside = new Tally();
    try {
        await nextHostTakesOver(victim, strategy, aside, when);
        return (await victim.quit()) === 0 && aside.faults.length === 0;
    } catch {
        return false;
    }
}

function ofFrida(pid: number): string[] {
    return namesOfFrida(threadNamesOf(pid).values(), readMemoryMap(pid) ?? []);
}
