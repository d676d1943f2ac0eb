import { attach } from "../../../host/client/open.js";
import type { Strategy } from "../../../shared/protocol/install.js";
import { limitMemory, type MemoryKind } from "../../fixtures/support/memory-limit.js";
import { strategies } from "../../fixtures/support/strategies.js";
import type { Victim } from "../../fixtures/support/victim.js";
import { growth } from "../../programs/install/expected-counters.js";
import { atRest } from "../at-rest.js";
import { median } from "../spread.js";
import type { Tally } from "../tally.js";
import { onPrograms, type ProgramTask } from "../trial.js";
import { withVictim } from "../victims.js";

const megabyte = 1_048_576;
const poolBytes = 16 * megabyte;

/** In that time poolnv's monitor reads the counters once, and writes to the log (agent/monitors/fallbacks.ts). */
const watchMs = 1100;

/** Bytes that a block of bump takes besides its own, which are rounded up to a multiple of it. */
const bumpLeast = 16;

/** More than 32 bits can count, and more than twice as much. */
const beyondCounting = 8.5 * 1024 * megabyte;

/** Four threads fill a small pool to the last byte and empty it again; each time something else runs out as well. */
export const exhaustion = onPrograms({
    name: "exhaustion",
    what: "a pool filled to the last byte and emptied",
    programs: ["linux-x64", "linux-i386", "win32-msvcrt", "win32-ucrt"],
    count: (program) => ({ short: program.startsWith("win32") ? 5 : 10, full: 200 }),
    async run(task, tally) {
        const shares: Record<Strategy, number[]> = { recycle: [], bump: [] };
        let left = task.count;
        for (let victims = 0; left > 0 && !task.stopping(); victims++) {
            const strategy = strategies[victims % strategies.length]!;
            const count = Math.min(left, cycles.length);
            left -= count;
            await withVictim(task, tally, `victim ${victims}, ${strategy}`, async (victim) => {
                await victim.numbers("empty 1"); // the threads have started, and have no blocks
                const session = await attach(victim.processName, { strategy, poolSizeMb: poolBytes / megabyte });
                await session.close();
                await atRest(victim);
                const ledger = new Ledger(victim, strategy, task, tally, shares);
                for (const [index, cycle] of cycles.slice(0, count).entries()) {
                    ledger.when = `victim ${victims}, ${strategy}, cycle ${index}, ${cycle.name}`;
                    await cycle(ledger, task);
                    tally.done();
                }
            });
        }
        for (const strategy of strategies.filter((strategy) => shares[strategy].length > 0)) {
            tally.remarks.push(`${strategy}: full, the program holds ${percent(median(shares[strategy]))} of the pool`);
        }
    },
});

function percent(share: number): string {
    return `${(100 * share).toFixed(1)} %`;
}

/** Compares a victim's own record of its calls with the pool's counters. */
class Ledger {
    /** Prefix of every fault. */
    when = "";
    #empty: Record<string, number> | null = null;

    constructor(
        readonly victim: Victim,
        readonly strategy: Strategy,
        private readonly task: ProgramTask,
        private readonly tally: Tally,
        /** Shares of the pool that the program has in use when the pool is full. */
        private readonly shares: Record<Strategy, number[]>,
    ) {}

    get bits(): number {
        return this.task.target.bits;
    }

    /** Allocates until the pool serves nothing more. */
    async fill(): Promise<Record<string, number>> {
        this.#empty ??= await this.victim.numbers("counters");
        return this.#order(`fill ${this.task.random.between(1, 0x7fffffff)}`);
    }

    /** Fills with memory available: then the pool has little free memory, or none if it never reuses blocks. */
    async fillWholly(): Promise<void> {
        const { current_used: before } = await this.victim.numbers("counters");
        const wasFull = this.strategy === "bump" && poolBytes - before! <= 2 * bumpLeast;
        const made = await this.fill();
        this.expect(made["outside"]! > 0, "the pool never ran full");
        const { current_used: used, committed } = await this.victim.numbers("counters");
        this.expect(used! > 0.5 * poolBytes && used! <= poolBytes, `full, it holds ${used} bytes`);
        this.expect(committed === poolBytes, `full, it has ${committed} bytes of memory`);
        if (wasFull) this.expect(made["inside"] === 0, `${made["inside"]} blocks from a pool that reuses nothing`);
        else this.expect(made["inside"]! > 0, "nothing came from it");
        this.shares[this.strategy].push(used! / poolBytes);
    }

    async empty(): Promise<void> {
        await this.#order(`empty ${this.task.random.between(1, 0x7fffffff)}`);
        if (this.strategy === "bump") return;
        const retained = (await this.victim.numbers("counters"))["current_used"]! - this.#empty!["current_used"]!;
        this.expect(retained === 0, `${retained} bytes more in use when all is freed`);
    }

    /** Makes requests that can't be served at the moment. */
    async demandInVain(): Promise<void> {
        await this.victim.order(`sleep ${watchMs}`);
        const { refused } = await this.demand(64 * megabyte, 8);
        this.expect(refused === 8, `${refused} of 8 requests were refused`);
    }

    demand(bytes: number, times: number): Promise<Record<string, number>> {
        return this.#order(`demand ${bytes} ${times}`);
    }

    expect(holds: boolean, what: string): void {
        this.tally.expect(holds, `${this.when}: ${what}`);
    }

    /** Gives an order of test/fixtures/targets/glut.h and compares every counter. */
    async #order(order: string): Promise<Record<string, number>> {
        const before = await this.victim.numbers("counters");
        const made = await this.victim.numbers(order);
        const grown = growth(before, await this.victim.numbers("counters"));
        this.tally.contents(made["corruptions"], `${this.when}, "${order}"`);
        this.expect(made["wrongs"] === 0, `"${order}": ${made["wrongs"]} calls answered wrongly`);
        for (const [counter, value] of Object.entries(expectedOf(this.strategy, made))) {
            this.expect(
                grown[counter] === value,
                `"${order}": ${counter} grew by ${grown[counter]} instead of ${value}`,
            );
        }
        return made;
    }
}

function expectedOf(strategy: Strategy, made: Record<string, number>) {
    const { inside = NaN, outside = NaN, reallocs = NaN, frees = NaN, foreign = NaN } = made;
    return {
        pool_allocs: inside,
        fallback_allocs: outside,
        reallocs,
        total_frees: frees,
        foreign_frees: foreign,
        pool_frees_ignored: strategy === "bump" ? frees - foreign : 0,
        corrupt_headers: 0,
        double_frees: 0,
    };
}

/** Cycles of one victim, in this order: memory is new to the pool only once, so that it can be refused only once. */
const cycles: readonly ((ledger: Ledger, task: ProgramTask) => Promise<void>)[] = [
    refusedMemory,
    plain,
    refusedAddresses,
    noAddresses,
    beyondAllBounds,
];

async function plain(ledger: Ledger): Promise<void> {
    await ledger.fillWholly();
    await ledger.empty();
}

/** The system refuses memory for the pool, and for the original too, until it no longer does. */
async function refusedMemory(ledger: Ledger, task: ProgramTask): Promise<void> {
    await limited(ledger, "DATA", task.random.between(0, 6 * megabyte));
    await ledger.fillWholly();
    await ledger.empty();
}

/**
 * The pool has its addresses, but what falls back finds none. Wine takes addresses for all of a program when it begins,
 * so there it is memory that is refused, and only to the original.
 */
async function refusedAddresses(ledger: Ledger, task: ProgramTask): Promise<void> {
    await limited(ledger, task.target.engine === "wine" ? "DATA" : "AS", task.random.between(0, 2 * megabyte));
    await ledger.empty();
    await ledger.fillWholly();
    await ledger.empty();
}

async function limited(ledger: Ledger, kind: MemoryKind, moreBytes: number): Promise<void> {
    const { pid } = ledger.victim;
    await limitMemory(pid, kind, moreBytes);
    await ledger.fill();
    await ledger.demandInVain();
    await limitMemory(pid, kind, null);
}

/** The program itself has used up all addresses. */
async function noAddresses(ledger: Ledger): Promise<void> {
    if (ledger.bits === 64) return plain(ledger);
    const { megabytes } = await ledger.victim.numbers("hoard");
    ledger.expect(megabytes! > 100, `only ${megabytes} MB were left`);
    await ledger.fill();
    await ledger.demandInVain();
    await ledger.victim.order("unhoard");
    await ledger.empty();
    await ledger.fillWholly();
    await ledger.empty();
}

/** Requests as large as the pool and larger; and then more in all than 32 bits can count, when it is full. */
async function beyondAllBounds(ledger: Ledger): Promise<void> {
    for (const bytes of [-65_536, -16_384, -1, 0, 1, poolBytes]) {
        ledger.expect((await ledger.demand(poolBytes + bytes, 3))["refused"] === 0, "no memory");
    }
    await ledger.fillWholly();
    const full = await ledger.victim.numbers("counters");
    for (const bytes of [megabyte, poolBytes]) {
        const made = await ledger.demand(bytes, Math.ceil(beyondCounting / bytes));
        ledger.expect(made["inside"] === 0 && made["refused"] === 0, `of ${bytes} bytes: ${JSON.stringify(made)}`);
    }
    const after = await ledger.victim.numbers("counters");
    for (const counter of ["current_used", "peak_used", "committed"]) {
        ledger.expect(after[counter] === full[counter], `${counter} went from ${full[counter]} to ${after[counter]}`);
    }
    await ledger.empty();
    await ledger.fillWholly();
    await ledger.empty();
}
