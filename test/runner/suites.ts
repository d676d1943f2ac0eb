/**
 * Runs the tests of a tier (`--tier quick|rest|all`), or the suites that are named (`npm test -- install game/deploy`), some
 * files at a time. Exits with 1 if a test failed or none ran.
 */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Tier, tierVariable } from "../fixtures/support/tier.js";
import type { Outcome } from "./run-file.js";
import { runFiles } from "./run-files.js";
import { filesOf } from "./tiers.js";

const sources = fileURLToPath(new URL("../../../test/", import.meta.url));

process.exitCode = await main();

async function main(): Promise<number> {
    const { values, positionals } = parseArgs({
        options: { tier: { type: "string", default: "all" } },
        allowPositionals: true,
    });
    const all = testFiles();
    const runs = filesOf("all", all);
    const unknown = positionals.filter((suite) => !runs.some((file) => isIn(file, suite)));
    if (unknown.length > 0) {
        const suites = [...new Set(runs.map((file) => file.replace(/\/[^/]+$/, "")))];
        console.error(`no such suite: ${unknown.join(", ")}; the suites are: ${suites.join(", ")}`);
        return 2;
    }
    // Suites that are named run whole.
    const tier = positionals.length > 0 ? "all" : (values.tier as Tier);
    process.env[tierVariable] = tier;
    const ordered = filesOf(tier, all);
    const chosen =
        positionals.length === 0 ? ordered : ordered.filter((file) => positionals.some((suite) => isIn(file, suite)));
    return report(await runFiles(chosen));
}

/** Paths in `test/`, without `.test.ts`. */
function testFiles(): string[] {
    return readdirSync(sources, { recursive: true, encoding: "utf8" })
        .filter((path) => path.endsWith(".test.ts"))
        .map((path) => path.replaceAll("\\", "/").replace(/\.test\.ts$/, ""))
        .sort();
}

/** A suite is a path in `test/` (`game/deploy`), the last folder of one (`deploy`), or one file (`game/deploy/deploy`). */
function isIn(file: string, suite: string): boolean {
    return `/${file}/`.includes(`/${suite}/`);
}

/**
 * Prints the counts and the longest files.
 *
 * @returns the exit code
 */
function report(outcomes: readonly Outcome[]): number {
    const sum = (count: "passed" | "failed" | "skipped") => outcomes.reduce((total, each) => total + each[count], 0);
    const longest = outcomes.toSorted((one, other) => other.seconds - one.seconds).slice(0, 10);
    const minutes = (performance.now() / 60_000).toFixed(1);
    console.log(`longest: ${longest.map(({ file, seconds }) => `${file} ${seconds.toFixed(0)} s`).join(", ")}`);
    const bad = outcomes.filter(({ isGood }) => !isGood);
    for (const { file, failures } of bad) {
        for (const failure of failures.length > 0 ? failures : ["the file did not run to its end"]) {
            console.error(`failed: ${file}: ${failure}`);
        }
    }
    if (bad.length === 0 && sum("passed") === 0) console.error("no test ran");
    console.log(`took ${minutes} min`);
    console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
    return bad.length === 0 && sum("passed") > 0 ? 0 : 1;
}
