import { setTimeout as pause } from "node:timers/promises";
import type { Target } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import { forgeries, lastOnes, mutation, type Outcome } from "../forgeries.js";
import { Interrogation } from "../interrogation.js";
import type { Tally } from "../tally.js";
import { onPrograms, type Random } from "../trial.js";

const kinds = Object.keys(forgeries);

/** A program shows a control block that no pool of ours has: the host refuses, and the program goes on. */
export const forgedPool = onPrograms({
    name: "forged-pool",
    what: "forged control blocks",
    count: { short: kinds.length, full: 400 },
    async run(task, tally) {
        const { target, random, count } = task;
        const outcomes = new Map<string, number>();
        let suspect: Suspect | null = null;
        for (let round = 0; round < count && !task.stopping(); round++) {
            suspect ??= await Suspect.start(target);
            const { kind, order, allowed } = chooseForgery(round, random);
            const outcome = await suspect.show(kind, order, tally);
            outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
            tally.expect(allowed.includes(outcome as Outcome), `${order}: ${outcome}`);
            tally.done();
            if (!lastOnes.includes(kind)) continue;
            await suspect.end(kind === "end", tally);
            suspect = null;
        }
        await suspect?.end(false, tally);
        tally.remarks.push([...outcomes].map(([outcome, times]) => `${outcome} ${times}`).join(", "));
    },
});

/** Each kind once; then those again by chance, and blocks with wrong bytes by chance. */
function chooseForgery(round: number, random: Random): { kind: string; order: string; allowed: readonly Outcome[] } {
    const isMutation = round >= kinds.length && round % 3 !== 0;
    if (isMutation) {
        const order = `forge mutate ${random.between(1, 1_000_000_000)}`;
        return { kind: "mutate", order, allowed: mutation };
    }
    const kind = kinds[round < kinds.length ? round : random.between(0, kinds.length - 1)]!;
    return { kind, order: `forge ${kind}`, allowed: forgeries[kind]! };
}

/** How long a program may take to be seen as ended, in milliseconds. */
const endingMs = 20_000;

/** A program with one visit of the host to it. */
class Suspect {
    private constructor(
        readonly victim: Victim,
        readonly visit: Interrogation,
    ) {}

    static async start(target: Target): Promise<Suspect> {
        const victim = await Victim.start(target);
        return new Suspect(victim, await Interrogation.begin(victim, target));
    }

    /** What the host makes of a forgery, or in words what must not happen. */
    async show(kind: string, order: string, tally: Tally): Promise<string> {
        try {
            await this.victim.order(order);
            const outcome = await this.visit.ask(kind === "unhooked");
            if (kind !== "end") tally.contents((await this.victim.numbers("work 1 2000 4"))["corruptions"], order);
            return outcome;
        } catch (error) {
            await this.victim.settle();
            if (this.victim.ending !== null) tally.death(`${order}: the program ended (${this.victim.ending})`);
            return (error as Error).message;
        }
    }

    async end(hasEnded: boolean, tally: Tally): Promise<void> {
        await this.visit.end();
        if (hasEnded) {
            await Promise.race([this.victim.exited, pause(endingMs)]);
            const how = this.victim.ending ?? "not at all";
            this.victim.kill();
            tally.expect((await this.victim.exited) === 3, `told to end by its own pool, it ended ${how}`);
            return;
        }
        await this.victim.order("unforge");
        const code = await this.victim.quit();
        if (code !== 0) tally.death(`told to end, the program ended with ${this.victim.ending}`);
    }
}
