import { attach } from "../../../host/client/open.js";
import type { Strategy } from "../../../host/client/pool-session.js";
import { growth } from "../../programs/install/expected-counters.js";
import { limitMemory, type MemoryKind } from "../../fixtures/support/memory-limit.js";
import { strategies } from "../../fixtures/support/strategies.js";
import type { Victim } from "../../fixtures/support/victim.js";
import { median } from "../spread.js";
import { atRest } from "../at-rest.js";
import type { Tally } from "../tally.js";
import { onPrograms, type ProgramTask } from "../trial.js";
import { withVictim } from "../victims.js";

const megabyte = 1_048_576;
const poolBytes = 16 * megabyte;

/** In that time poolnv's own watch looks at the counters once, and writes to the log (agent/monitors/fallbacks.ts). */
const watchMs = 1100;

/** With bump, a block takes so much besides its bytes, which are rounded up to as much. */
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
                await victim.numbers("empty 1"); // the threads are there, and nothing is in their hands
                const session = await attach(victim.processName, { strategy, poolSizeMb: poolBytes / megabyte });
                await session.close();
                await atRest(victim);
                const books = new Books(victim, strategy, task, tally, shares);
                for (const [index, cycle] of cycles.slice(0, count).entries()) {
                    books.when = `victim ${victims}, ${strategy}, cycle ${index}, ${cycle.name}`;
                    await cycle(books, task);
                    tally.done();
                }
            });
        }
        for (const strategy of strategies.filter((strategy) => shares[strategy].length > 0))
            tally.remarks.push(`${strategy}: full, the program holds ${percent(median(shares[strategy]))} of the pool`);
    },
});

function percent(share: number): string {
    return `${(100 * share).toFixed(1)} %`;
}

/** A victim's own account of what it did, held against the pool's. */
class Books {
    /** Said in front of every complaint. */
    when = "";
    #empty: Record<string, number> | null = null;

    constructor(
        readonly victim: Victim,
        readonly strategy: Strategy,
        private readonly task: ProgramTask,
        private readonly tally: Tally,
        /** Of the pool, in the hands of the program when nothing more comes from it. */
        private readonly shares: Record<Strategy, number[]>,
    ) {}

    get bits(): number {
        return this.task.target.bits;
    }

    /** Takes until nothing more comes from the pool. */
    async fill(): Promise<Record<string, number>> {
        this.#empty ??= await this.victim.numbers("counters");
        return this.#order(`fill ${this.task.random.between(1, 0x7fffffff)}`);
    }

    /** What a fill says when memory was there for it: the pool has little left, or nothing if it never reuses. */
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
        const kept = (await this.victim.numbers("counters"))["current_used"]! - this.#empty!["current_used"]!;
        this.expect(kept === 0, `${kept} bytes more in use when all is freed`);
    }

    /** Asks for what nobody can have at the moment. */
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
        for (const [counter, value] of Object.entries(expectedOf(this.strategy, made)))
            this.expect(
                grown[counter] === value,
                `"${order}": ${counter} grew by ${grown[counter]} instead of ${value}`,
            );
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

/** What happens to one victim, in this order: what is new to the pool can be refused only once. */
const cycles: readonly ((books: Books, task: ProgramTask) => Promise<void>)[] = [
    refusedMemory,
    plain,
    refusedAddresses,
    noAddresses,
    beyondAllBounds,
];

async function plain(books: Books): Promise<void> {
    await books.fillWholly();
    await books.empty();
}

/** The system refuses memory for the pool, and for the original too, until it no longer does. */
async function refusedMemory(books: Books, task: ProgramTask): Promise<void> {
    await limited(books, "DATA", task.random.between(0, 6 * megabyte));
    await books.fillWholly();
    await books.empty();
}

/**
 * The pool has its addresses, but what falls back finds none. Wine takes addresses for all of a program when it begins,
 * so there it is memory that is refused, and only to the original.
 */
async function refusedAddresses(books: Books, task: ProgramTask): Promise<void> {
    await limited(books, task.target.engine === "wine" ? "DATA" : "AS", task.random.between(0, 2 * megabyte));
    await books.empty();
    await books.fillWholly();
    await books.empty();
}

async function limited(books: Books, kind: MemoryKind, moreBytes: number): Promise<void> {
    const { pid } = books.victim;
    await limitMemory(pid, kind, moreBytes);
    await books.fill();
    await books.demandInVain();
    await limitMemory(pid, kind, null);
}

/** The program itself has used up all addresses. */
async function noAddresses(books: Books): Promise<void> {
    if (books.bits === 64) return plain(books);
    const { megabytes } = await books.victim.numbers("hoard");
    books.expect(megabytes! > 100, `only ${megabytes} MB were left`);
    await books.fill();
    await books.demandInVain();
    await books.victim.order("unhoard");
    await books.empty();
    await books.fillWholly();
    await books.empty();
}

/** Requests as large as the pool and larger; and then more in all than 32 bits can count, when it is full. */
async function beyondAllBounds(books: Books): Promise<void> {
    for (const bytes of [-65_536, -16_384, -1, 0, 1, poolBytes])
        books.expect((await books.demand(poolBytes + bytes, 3))["refused"] === 0, "no memory");
    await books.fillWholly();
    const full = await books.victim.numbers("counters");
    for (const bytes of [megabyte, poolBytes]) {
        const made = await books.demand(bytes, Math.ceil(beyondCounting / bytes));
        books.expect(made["inside"] === 0 && made["refused"] === 0, `of ${bytes} bytes: ${JSON.stringify(made)}`);
    }
    const after = await books.victim.numbers("counters");
    for (const counter of ["current_used", "peak_used", "committed"])
        books.expect(after[counter] === full[counter], `${counter} went from ${full[counter]} to ${after[counter]}`);
    await books.empty();
    await books.fillWholly();
    await books.empty();
}
