import { copyFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { Target } from "../fixtures/support/targets.js";
import { Victim, VictimHangs } from "../fixtures/support/victim.js";
import type { Tally } from "./tally.js";
import type { Task } from "./trial.js";

/** How many may be on their way out at a time: each waits until Frida has tidied up in it. */
const leavingAtMost = 6;

/** A task that has a victim for each round. */
export interface VictimTask extends Task {
    readonly target: Target;
}

/**
 * A fresh victim for each round, with a name that no other program of this machine has. One that dies is counted and the next round begins. How it
 * ends when it is told to is judged while later rounds run, unless it may have died in its round.
 *
 * @param times how often a round was done that came to its end; 0 where the work counts by itself
 */
export async function eachVictim(
    task: VictimTask,
    tally: Tally,
    work: (victim: Victim, round: number) => Promise<void | "may have died">,
    times = 1,
): Promise<void> {
    const leaving = new Set<Promise<void>>();
    for (let round = 0; round < task.count && !task.stopping(); round++) {
        const program = namedApart(task.target, round);
        copyFileSync(task.target.victim, program);
        const victim = await Victim.start({ ...task.target, victim: program });
        const outcome = await outcomeOf(victim, tally, `round ${round}`, () => work(victim, round));
        if (outcome !== "failed") tally.done(times);
        if (outcome !== "lives") {
            victim.kill();
            continue;
        }
        const end: Promise<void> = seeOff(victim, tally, `round ${round}`).then(() => {
            rmSync(program, { force: true });
            leaving.delete(end);
        });
        leaving.add(end);
        if (leaving.size >= leavingAtMost) await Promise.race(leaving);
    }
    await Promise.all(leaving);
}

/**
 * One fresh victim, with a name that no other program of this machine has, for work that is done many times in it. The
 * work itself tells the tally how often.
 */
export async function withVictim(
    task: VictimTask,
    tally: Tally,
    what: string,
    work: (victim: Victim) => Promise<void>,
): Promise<void> {
    const program = namedApart(task.target, 0);
    copyFileSync(task.target.victim, program);
    const victim = await Victim.start({ ...task.target, victim: program });
    const outcome = await outcomeOf(victim, tally, what, () => work(victim));
    if (outcome === "lives") await seeOff(victim, tally, what);
    else victim.kill();
}

/** Path of a victim whose file name no other run has. */
function namedApart({ folder, processName }: Target, round: number): string {
    return join(folder, `${round}-${basename(folder).split("-").at(-1)}-${processName}`);
}

/** Does the work of a round; notes a death, or what else went wrong. */
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

/** Tells it to end. */
async function seeOff(victim: Victim, tally: Tally, round: string): Promise<void> {
    const code = await victim.quit();
    if (code !== 0) tally.death(`${round}: told to end, the program ended with ${victim.ending}`);
}
