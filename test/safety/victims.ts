import { copyFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { Target } from "../fixtures/support/targets.js";
import { Victim, VictimHangs } from "../fixtures/support/victim.js";
import type { Tally } from "./tally.js";
import type { Task } from "./trial.js";

/** How many may be ending at a time: each waits until Frida has cleaned up in it. */
const endingAtMost = 6;

/** A task that has a victim for each round. */
export interface VictimTask extends Task {
    readonly target: Target;
}

/**
 * A fresh victim for each round, with a name that no other program of this machine has. One that dies is counted, and the
 * next round begins. Its exit code is checked while later rounds run, unless it may have died in its round.
 *
 * @param times how much to count for a complete round; 0 if the work counts by itself
 */
export async function eachVictim(
    task: VictimTask,
    tally: Tally,
    work: (victim: Victim, round: number) => Promise<void | "may have died">,
    times = 1,
): Promise<void> {
    const ending = new Set<Promise<void>>();
    for (let round = 0; round < task.count && !task.stopping(); round++) {
        const program = uniquePath(task.target, round);
        copyFileSync(task.target.victim, program);
        const victim = await Victim.start({ ...task.target, victim: program });
        const outcome = await outcomeOf(victim, tally, `round ${round}`, () => work(victim, round));
        if (outcome !== "failed") tally.done(times);
        if (outcome !== "lives") {
            victim.kill();
            continue;
        }
        const end: Promise<void> = endVictim(victim, tally, `round ${round}`).then(() => {
            rmSync(program, { force: true });
            ending.delete(end);
        });
        ending.add(end);
        if (ending.size >= endingAtMost) await Promise.race(ending);
    }
    await Promise.all(ending);
}

/**
 * One fresh victim, with a name that no other program of this machine has, for work that is done many times in it. The
 * work itself counts.
 */
export async function withVictim(
    task: VictimTask,
    tally: Tally,
    what: string,
    work: (victim: Victim) => Promise<void>,
): Promise<void> {
    const program = uniquePath(task.target, 0);
    copyFileSync(task.target.victim, program);
    const victim = await Victim.start({ ...task.target, victim: program });
    const outcome = await outcomeOf(victim, tally, what, () => work(victim));
    if (outcome === "lives") await endVictim(victim, tally, what);
    else victim.kill();
}

/** Path of a victim with a unique file name. */
function uniquePath({ folder, processName }: Target, round: number): string {
    return join(folder, `${round}-${basename(folder).split("-").at(-1)}-${processName}`);
}

/** Does the work of a round; counts a death or another fault. */
async function outcomeOf(
    victim: Victim,
    tally: Tally,
    round: string,
    work: () => Promise<void | "may have died">,
): Promise<"lives" | "died" | "failed"> {
    try {
        if ((await work()) === "may have died") return "died";
        if (victim.ending === null) return "lives";
        tally.death(`${round}: the program ended (${victim.ending})`);
    } catch (error) {
        await victim.settle();
        if (error instanceof VictimHangs) {
            tally.death(`${round}: the program hangs: ${error.message}`);
            return "died";
        }
        if (victim.ending === null) {
            tally.expect(false, `${round}: ${(error as Error).message}`);
            return "failed";
        }
        tally.death(`${round}: the program ended (${victim.ending}): ${(error as Error).message}`);
    }
    return "died";
}

/** Orders it to end and checks its exit code. */
async function endVictim(victim: Victim, tally: Tally, round: string): Promise<void> {
    const code = await victim.quit();
    if (code !== 0) tally.death(`${round}: ordered to end, the program ended with ${victim.ending}`);
}
