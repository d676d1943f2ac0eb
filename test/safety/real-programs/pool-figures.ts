import type { PoolStatistics } from "../../../host/session/pool-session.js";
import type { Tally } from "../tally.js";

/** What the pool had to do in each round. */
export interface PoolFigures {
    /**
     * Takes note of a round, and of what must not be in it.
     *
     * @param progress how far the program was when the pool came, from 0 to 1
     */
    add(statistics: PoolStatistics, progress: number, round: string, tally: Tally): void;
    remarks(): string[];
}

/** @param steps what a program's progress is counted in */
export function poolFigures(steps: string): PoolFigures {
    const progresses: number[] = [];
    const served: number[] = [];
    const fellBack: number[] = [];
    const older: number[] = [];
    return {
        add(statistics, progress, round, tally) {
            progresses.push(progress * 100);
            served.push(statistics.pool_allocs);
            fellBack.push(statistics.fallback_allocs);
            older.push(statistics.foreign_frees);
            tally.expect(statistics.pool_allocs > 10_000, `${round}: ${statistics.pool_allocs} pool allocations`);
            for (const name of ["fallback_allocs", "corrupt_headers", "double_frees"] as const)
                tally.expect(statistics[name] === 0, `${round}: ${name} is ${statistics[name]}`);
        },
        remarks() {
            if (served.length === 0) return [];
            const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
            const share = (sum(served) / (sum(served) + sum(fellBack))) * 100;
            return [
                `the pool came after ${range(progresses)} % of the ${steps} and served ${share.toFixed(2)} % of what ` +
                    `was allocated from then on: ${range(served)} blocks in a round`,
                `${range(older)} blocks in a round were older than the pool when they were freed`,
            ];
        },
    };
}

function range(numbers: readonly number[]): string {
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)].map((number) =>
        Math.round(number).toLocaleString("en"),
    );
    return least === most ? least! : `${least} to ${most}`;
}
