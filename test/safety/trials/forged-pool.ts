import { setTimeout as pause } from "node:timers/promises";
import type { Target } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import { forgeries, lastOnes, mutation, type Outcome } from "../forgeries.js";
import { Interrogation } from "../interrogation.js";
import type { Tally } from "../tally.js";
import { onPrograms, type Random } from "../trial.js";

const kinds = Object.keys(forgeries);

/** A program forges a control block: the host refuses, and the program goes on. */
export const forgedPool = onPrograms({
    name: "forged-pool",
    what: "forged control blocks",
    count: { short: kinds.length, full: 400 },
    async run(task, tally) {
        const { target, random, count } = task;
        const outcomes = new Map<string, number>();
        let program: ForgedProgram | null = null;
        for (let round = 0; round < count && !task.stopping(); round++) {
            program ??= await ForgedProgram.start(target);
            const { kind, order, allowed } = chooseForgery(round, random);
            const outcome = await program.show(kind, order, tally);
            outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
            tally.expect(allowed.includes(outcome as Outcome), `${order}: ${outcome}`);
            tally.done();
            if (!lastOnes.includes(kind)) continue;
            await program.end(kind === "end", tally);
            program = null;
        }
        await program?.end(false, tally);
        tally.remarks.push([...outcomes].map(([outcome, times]) => `${outcome} ${times}`).join(", "));
    },
});

/** Each kind once; then random ones of them, and blocks with random wrong bytes. */
function chooseForgery(round: number, random: Random): { kind: string; order: string; allowed: readonly Outcome[] } {
    const isMutation = round >= kinds.length && round % 3 !== 0;
    if (isMutation) {
        const order = `forge mutate ${random.between(1, 1_000_000_000)}`;
        return { kind: "mutate", order, allowed: mutation };
    }
    const kind = kinds[round < kinds.length ? round : random.between(0, kinds.length - 1)]!;
    return { kind, order: `forge ${kind}`, allowed: forgeries[kind]! };
}

/** How long a program may take to end, in milliseconds. */
const endingMs = 20_000;

/** A program with one session of the host. */
class ForgedProgram {
    private constructor(
        readonly victim: Victim,
        readonly interrogation: Interrogation,
    ) {}

    static async start(target: Target): Promise<ForgedProgram> {
        const victim = await Victim.start(target);
        return new ForgedProgram(victim, await Interrogation.begin(victim, target));
    }

    /** The outcome of a forgery, or the message of a fault. */
    async show(kind: string, order: string, tally: Tally): Promise<string> {
        try {
            await this.victim.order(order);
            const outcome = await this.interrogation.ask();
            if (kind !== "end") tally.contents((await this.victim.numbers("work 1 2000 4"))["corruptions"], order);
            return outcome;
        } catch (error) {
            await this.victim.settle();
            if (this.victim.ending !== null) tally.death(`${order}: the program ended (${this.victim.ending})`);
            return (error as Error).message;
        }
    }

    async end(hasEnded: boolean, tally: Tally): Promise<void> {
        await this.interrogation.end();
        if (hasEnded) {
            await Promise.race([this.victim.exited, pause(endingMs)]);
            const how = this.victim.ending ?? "not at all";
            this.victim.kill();
            tally.expect((await this.victim.exited) === 3, `ordered to end by its own pool, it ended ${how}`);
            return;
        }
        await this.victim.order("unforge");
        const code = await this.victim.quit();
        if (code !== 0) tally.death(`ordered to end, the program ended with ${this.victim.ending}`);
    }
}
