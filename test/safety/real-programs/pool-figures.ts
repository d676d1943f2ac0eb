import type { PoolStatistics } from "../../../shared/pool-statistics.js";
import type { Tally } from "../tally.js";

/** Figures of the pool in each round. */
export class PoolFigures {
    readonly #steps: string;
    readonly #progresses: number[] = [];
    readonly #served: number[] = [];
    readonly #fellBack: number[] = [];
    readonly #older: number[] = [];

    /** @param steps unit of a program's progress, in plural */
    constructor(steps: string) {
        this.#steps = steps;
    }

    /**
     * Adds a round, and a fault for each counter that must be 0.
     *
     * @param progress how far the program was when the pool came, from 0 to 1
     */
    add(statistics: PoolStatistics, progress: number, round: string, tally: Tally): void {
        this.#progresses.push(progress * 100);
        this.#served.push(statistics.pool_allocs);
        this.#fellBack.push(statistics.fallback_allocs);
        this.#older.push(statistics.foreign_frees);
        tally.expect(statistics.pool_allocs > 10_000, `${round}: ${statistics.pool_allocs} pool allocations`);
        for (const name of ["fallback_allocs", "corrupt_headers", "double_frees"] as const) {
            tally.expect(statistics[name] === 0, `${round}: ${name} is ${statistics[name]}`);
        }
    }

    remarks(): string[] {
        if (this.#served.length === 0) return [];
        const served = sum(this.#served);
        const share = (served / (served + sum(this.#fellBack))) * 100;
        return [
            `the pool came after ${range(this.#progresses)} % of the ${this.#steps} and served ${share.toFixed(2)} % ` +
                `of what was allocated from then on: ${range(this.#served)} blocks in a round`,
            `${range(this.#older)} blocks in a round were older than the pool when they were freed`,
        ];
    }
}

function sum(numbers: readonly number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
}

function range(numbers: readonly number[]): string {
    const rounded = (number: number) => Math.round(number).toLocaleString("en");
    const [least, most] = [rounded(Math.min(...numbers)), rounded(Math.max(...numbers))];
    return least === most ? least : `${least} to ${most}`;
}
