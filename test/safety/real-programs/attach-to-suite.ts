import { setTimeout as pause } from "node:timers/promises";
import { attach } from "../../../host/client/open.js";
import type { PoolClient } from "../../../host/client/pool-client.js";
import { tidyingMs } from "../../fixtures/support/tidying.js";
import type { Tally } from "../tally.js";
import { Random, type Task } from "../trial.js";
import { PoolFigures } from "./pool-figures.js";
import type { PythonSuite } from "./python-suite.js";
import { SuiteRun } from "./suite-run.js";

/** The pool is installed after so many tests at most; a round has some hundred at least. */
const latestTest = 200;

/** Python's regression tests get the pool in the middle, and end as they do without it. */
export async function attachToSuite(suite: PythonSuite, task: Task, tally: Tally): Promise<void> {
    Object.assign(process.env, suite.env["POOLNV_WINE"] === undefined ? {} : suite.env);
    const random = new Random(task.seed);
    const figures = new PoolFigures("tests");
    for (let round = 0; round < task.count && !task.stopping(); round++) {
        const modules = suite.modules[round % suite.modules.length]!;
        const run = new SuiteRun(suite, modules);
        const name = `round ${round} (${modules.join(" ")})`;
        let session: PoolClient | null = null;
        try {
            await run.untilTestsDone(random.between(1, latestTest));
            await pause(random.between(0, 200));
            session = await attach(run.pid, { logFile: run.logFile });
            const before = run.testsDone;
            tally.expect(run.code === null, `${name}: the pool came too late, after all tests`);
            const stays = round % 2 === 0;
            if (!stays) await session.close();
            await run.untilDone();
            if (run.ending !== null) {
                tally.death(`${name}: the program ended (${run.ending})\n${run.tail}`);
                continue;
            }
            if (!stays) session = await attach(run.pid);
            figures.add(await session.statistics(), before / run.testsDone, name, tally);
            await session.close();
            await judge(run, suite, modules, name, tally);
            await pause(tidyingMs);
            const ending = await run.leave();
            if (ending !== `exit code ${run.code}`) tally.death(`${name}: it left with ${ending}\n${run.tail}`);
        } catch (error) {
            const message = `${name}: ${(error as Error).message}\n${run.tail}`;
            if (run.ending === null) tally.expect(false, message);
            else tally.death(`${message}\nthe program ended (${run.ending})`);
        } finally {
            await session?.close();
            await run.remove();
            tally.done();
        }
    }
    tally.remarks.push(...figures.remarks());
}

/** A test that fails with the pool must fail without it, too. */
async function judge(
    run: SuiteRun,
    suite: PythonSuite,
    modules: readonly string[],
    name: string,
    tally: Tally,
): Promise<void> {
    tally.expect(run.testsDone > latestTest, `${name}: ${run.testsDone} tests ran`);
    if (run.code === 0 && run.failed.length === 0) return;
    const plain = new SuiteRun(suite, modules);
    try {
        await plain.untilDone();
        const own = run.failed.filter((test) => !plain.failed.includes(test));
        tally.expect(own.length === 0, `${name}: with the pool alone these failed: ${own.join(", ")}\n${run.tail}`);
        tally.expect(
            run.code === plain.code,
            `${name}: code ${run.code} with the pool, ${plain.code} without\n${run.tail}`,
        );
        tally.remarks.push(`${name}: these fail without the pool, too: ${plain.failed.join(", ")}`);
    } finally {
        await plain.remove();
    }
}
