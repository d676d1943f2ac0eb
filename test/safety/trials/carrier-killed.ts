import { setTimeout as pause } from "node:timers/promises";
import { childrenOf, isRunning, isTraced, stateOf } from "../../support/running.js";
import type { Strategy } from "../../../host/session/pool-session.js";
import type { Victim } from "../../support/victim.js";
import { waitUntil } from "../../support/wait-until.js";
import { PipedHost } from "../hosts.js";
import { randomMoment } from "../moments.js";
import { nextHostTakesOver } from "../next-host.js";
import { strategyOfRound } from "../strategy-of-round.js";
import { Tally } from "../tally.js";
import { onPrograms, type Random } from "../trial.js";
import { eachVictim } from "../victims.js";
import { yielding } from "../yielding.js";

export const carrierKilled = onPrograms({
    name: "carrier-killed",
    what: "kill -9 of the carrier at a random moment",
    count: (program) => ({ short: 3, full: program === "linux-x64" ? 80 : 60 }),
    async run(task, tally) {
        const inHand = { kills: 0, harmed: 0 };
        await eachVictim({ ...task, target: yielding(task.target) }, tally, async (victim, round) => {
            const strategy = strategyOfRound(round);
            await victim.order("load");
            const host = new PipedHost(victim.processName, strategy);
            const carrier = waitUntil("the carrier is born", () => childrenOf(host.pid)[0]);
            const when = `round ${round}, ${await momentOf(host, round + task.seed, task.random)}`;
            const held = await killCarrier(await carrier, victim);
            host.leave();
            const end = await host.ended();
            tally.expect(/^[0345]$/.test(end), `${when}: the host ended with ${end}: ${host.said.slice(-300)}`);
            if (!held) return void (await nextHostTakesOver(victim, strategy, tally, when));
            inHand.kills++;
            if (!(await isWhole(victim, strategy, when))) inHand.harmed++;
            return "may have died";
        });
        tally.remarks.push(
            `killed ${inHand.kills} times with the program in hand by ptrace, which ended or crippled it ${inHand.harmed} times`,
        );
    },
});

/** Whether a program that was in hand goes on, keeps its blocks, serves another host and ends when told to. */
async function isWhole(victim: Victim, strategy: Strategy, when: string): Promise<boolean> {
    const aside = new Tally();
    try {
        await nextHostTakesOver(victim, strategy, aside, when);
        return aside.faults.length === 0 && (await victim.quit()) === 0;
    } catch {
        return false;
    }
}

/** One turn of six has its moment while the carrier lingers after its host has gone. */
async function momentOf(host: PipedHost, turn: number, random: Random): Promise<string> {
    if (turn % 6 !== 5) return randomMoment(host, turn, random);
    host.leave();
    await host.hasSaid(/has its pool/);
    const milliseconds = random.between(0, lingeringMs);
    await pause(milliseconds);
    return `${milliseconds} ms after its host had its pool and left`;
}

/** How long after its host a carrier may still be there, in milliseconds. */
const lingeringMs = 2500;

/** Holds it still to look what it is doing, and kills it. @returns whether it had the program in hand */
async function killCarrier(carrier: number, victim: Victim): Promise<boolean> {
    if (!isRunning(carrier)) return false;
    process.kill(carrier, "SIGSTOP");
    await waitUntil("the carrier stands still", () => !isRunning(carrier) || stateOf(carrier) === "T");
    const held = isTraced(victim.pid);
    process.kill(carrier, "SIGKILL");
    return held;
}
