import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { poolnv, type Run } from "../../fixtures/support/poolnv.js";
import { pidsWhere } from "../../fixtures/support/running.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { ConsoleProcess } from "../../programs/cli/console-process.js";

const longMs = 120_000;

/**
 * Runs a load test whose host is killed in the middle of a test case, and then once more with `--resume`. The program under
 * test must keep running; it is killed in between, as a user would do.
 *
 * @param killedAt number of verdicts at that moment
 * @param isProgram whether a command line is that of the program under test
 */
export async function killAndResume(
    args: string[],
    {
        results,
        killedAt,
        isProgram,
        env,
    }: {
        results: string;
        killedAt: number;
        isProgram: (args: string[]) => boolean;
        env: Record<string, string>;
    },
): Promise<Run> {
    const host = new ConsoleProcess(args, env);
    await waitUntil("the test case in which the host is killed", () => isInCase(results, killedAt), longMs);
    host.process.kill("SIGKILL");
    await host.ended;
    appendFileSync(results, '{"kind":"sample","save":'); // as if it had died in the middle of a line
    const left = pidsWhere(isProgram);
    assert.ok(left.length > 0, "a killed host leaves the program running");
    for (const pid of left) process.kill(pid, "SIGKILL");
    await waitUntil("its end", () => pidsWhere(isProgram).length === 0);
    return poolnv([...args.slice(0, 1), "--resume", ...args.slice(1)], { env, timeout: longMs });
}

/** Whether the program of the test case after so many verdicts has its pool. */
function isInCase(results: string, judged: number): boolean {
    if (!existsSync(results)) return false;
    const text = readFileSync(results, "utf8");
    const last = text.lastIndexOf('"kind":"verdict"');
    return text.split('"kind":"verdict"').length - 1 >= judged && text.indexOf('"event":"installed"', last) > 0;
}
