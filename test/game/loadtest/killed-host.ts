import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { ConsoleProcess } from "../../programs/cli/console-process.js";
import { poolnv, type Run } from "../../fixtures/support/poolnv.js";
import { pidsWhere } from "../../fixtures/support/running.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";

const longMs = 120_000;

/**
 * Runs a load test whose host is killed in the middle of a save's turn, and then once more with `--resume`. The program
 * of that turn must go on; it is ended in between, as a person would end it.
 *
 * @param killedAt how many saves have their verdicts by then
 * @param isProgram tells the program under test by its command line
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
    await waitUntil("the save in whose turn the host dies", () => isInTurn(results, killedAt), longMs);
    host.process.kill("SIGKILL");
    await host.ended;
    appendFileSync(results, '{"kind":"sample","save":'); // as if it had died in the middle of a line
    const left = pidsWhere(isProgram);
    assert.ok(left.length > 0, "a killed host leaves the program running");
    for (const pid of left) process.kill(pid, "SIGKILL");
    await waitUntil("its end", () => pidsWhere(isProgram).length === 0);
    return poolnv([...args.slice(0, 1), "--resume", ...args.slice(1)], { env, timeout: longMs });
}

/** Whether the program of the next save has its pool. */
function isInTurn(results: string, judged: number): boolean {
    if (!existsSync(results)) return false;
    const text = readFileSync(results, "utf8");
    const last = text.lastIndexOf('"kind":"verdict"');
    return text.split('"kind":"verdict"').length - 1 >= judged && text.indexOf('"event":"installed"', last) > 0;
}
