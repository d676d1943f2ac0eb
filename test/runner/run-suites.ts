/**
 * Runs all suites, or those of the folders named on the command line (`npm test -- install layout`), some files at a time.
 * Ends with 1 when a test failed, and when none of them ran.
 */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runInLanes } from "./lanes.js";
import type { Outcome } from "./run-file.js";

const sources = fileURLToPath(new URL("../../../test/", import.meta.url));

process.exitCode = await main(process.argv.slice(2));

async function main(names: string[]): Promise<number> {
    const all = readdirSync(sources, { recursive: true, encoding: "utf8" })
        .filter((path) => path.endsWith(".test.ts"))
        .map((path) => path.replaceAll("\\", "/").replace(/\.test\.ts$/, ""))
        .sort();
    const unknown = names.filter((name) => !all.some((path) => isIn(path, name)));
    if (unknown.length > 0) {
        const suites = [...new Set(all.map((path) => path.replace(/\/[^/]+$/, "")))];
        console.error(`no such suite: ${unknown.join(", ")}; the suites are: ${suites.join(", ")}`);
        return 2;
    }
    const chosen = names.length === 0 ? all : all.filter((path) => names.some((name) => isIn(path, name)));
    return tell(await runInLanes(chosen));
}

/** A suite is named by its path in `test/`, or by the last folder of that path: `game/deploy`, `deploy`. One file is one, too. */
function isIn(path: string, suite: string): boolean {
    return `${path}/`.startsWith(`${suite}/`) || `/${path}/`.includes(`/${suite}/`);
}

/**
 * Says how all of it ended, and what took longest.
 *
 * @returns the exit code
 */
function tell(outcomes: readonly Outcome[]): number {
    const sum = (count: "passed" | "failed" | "skipped") => outcomes.reduce((total, each) => total + each[count], 0);
    const longest = outcomes.toSorted((one, other) => other.seconds - one.seconds).slice(0, 10);
    const minutes = (performance.now() / 60_000).toFixed(1);
    console.log(`longest: ${longest.map(({ file, seconds }) => `${file} ${seconds.toFixed(0)} s`).join(", ")}`);
    console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped in ${minutes} min`);
    const bad = outcomes.filter(({ isGood }) => !isGood).map(({ file }) => file);
    if (bad.length > 0) console.error(`failed: ${bad.join(", ")}`);
    else if (sum("passed") === 0) console.error("no test ran");
    return bad.length === 0 && sum("passed") > 0 ? 0 : 1;
}
