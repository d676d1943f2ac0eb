/**
 * Runs poolnv as a user on Windows does, on programs that `build-programs.ts` has built, with each engine: `attach` to the
 * stand-in of the game, and `launch` of programs that then change their environment. Writes a report, and exits with 1 if
 * anything failed.
 *
 * Usage: node dist/test/windows/check-windows.js PROGRAMS REPORT [--engines binding,python]
 */
import { writeFileSync } from "node:fs";
import { version } from "node:os";
import { parseArgs } from "node:util";
import { environmentNames } from "./build-programs.js";
import { attachToStandin, changeEnvironment, prepareEngine } from "./checks.js";

/** A line of the report. */
interface Result {
    readonly check: string;
    readonly outcome: "passed" | "failed" | "not run";
    readonly seconds: number;
    /** What was found, or why it failed. */
    readonly detail: string;
}

const { values, positionals } = parseArgs({
    options: { engines: { type: "string", default: "binding,python" } },
    allowPositionals: true,
});
const [programs, report] = positionals;
if (programs === undefined || report === undefined) throw new Error("usage: check-windows.js PROGRAMS REPORT");

const results: Result[] = [];
for (const engine of values.engines.split(",")) {
    const isReady = await check(`${engine}: setup`, () => prepareEngine(engine));
    const checks: [string, () => Promise<string>][] = [
        ["attach to the stand-in", () => attachToStandin(programs, engine)],
        ...environmentNames.map((name): [string, () => Promise<string>] => [
            `launch of ${name}, then _putenv`,
            () => changeEnvironment(programs, name, engine),
        ]),
    ];
    for (const [name, work] of checks) {
        if (isReady) await check(`${engine}: ${name}`, work);
        else note({ check: `${engine}: ${name}`, outcome: "not run", seconds: 0, detail: "the engine is not ready" });
    }
}
process.exitCode = results.every(({ outcome }) => outcome === "passed") ? 0 : 1;

async function check(name: string, work: () => Promise<string>): Promise<boolean> {
    const began = performance.now();
    const seconds = () => Math.round((performance.now() - began) / 100) / 10;
    try {
        const detail = await work();
        note({ check: name, outcome: "passed", seconds: seconds(), detail });
        return true;
    } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        note({ check: name, outcome: "failed", seconds: seconds(), detail });
        return false;
    }
}

/** Written at once: what ends this process must not end the report. */
function note(result: Result): void {
    results.push(result);
    console.log(`${result.outcome}: ${result.check} (${result.seconds} s): ${result.detail}`);
    const system = { windows: version(), node: process.version, architecture: process.arch };
    writeFileSync(report!, JSON.stringify({ system, results }, null, 4) + "\n");
}
