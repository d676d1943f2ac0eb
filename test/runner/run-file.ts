import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { bindingEnvironment, whyNoBinding } from "../fixtures/support/binding.js";
import { runOf } from "./tiers.js";

/** How a file of tests ended. */
export interface Outcome {
    /** Its path in `test/`, without its ending: `saves/read-save`. */
    readonly file: string;
    /** Whether it came to its end, and no test failed. */
    readonly isGood: boolean;
    /** What people read. */
    readonly output: string;
    readonly passed: number;
    readonly failed: number;
    readonly skipped: number;
    /** Titles of the failed tests, each after those of its suites: `poolnv deploy › leaves other files alone`. */
    readonly failures: readonly string[];
    readonly seconds: number;
}

/** Folder of the built tests. */
const built = fileURLToPath(new URL("../", import.meta.url));

/** Longer than any file takes on a machine with other work. */
const limitMs = 900_000;

/** Runs a file of tests in a process of its own. */
export async function runFile(file: string): Promise<Outcome> {
    const { source, isOnBinding } = runOf(file);
    const whyNot = isOnBinding ? whyNoBinding() : null;
    if (whyNot !== null) return notRun(file, `skipped: ${whyNot}`);
    const scratch = mkdtempSync(join(tmpdir(), "poolnv-run-"));
    try {
        const record = join(scratch, "record.tap");
        const toPeople = ["--test-reporter=spec", "--test-reporter-destination=stdout"];
        const toRecord = ["--test-reporter=tap", `--test-reporter-destination=${record}`];
        const began = performance.now();
        const { failed, all, timedOut } = await execa(
            process.execPath,
            [...toPeople, ...toRecord, join(built, `${source}.test.js`)],
            {
                all: true,
                reject: false,
                stdin: "ignore",
                timeout: limitMs,
                env: isOnBinding ? bindingEnvironment() : {},
            },
        );
        const seconds = (performance.now() - began) / 1000;
        const output = withoutCounts(all) + (timedOut ? `\nnot at its end after ${limitMs / 60_000} min\n` : "");
        return { file, isGood: !failed, output, ...readRecord(record), seconds };
    } finally {
        rmSync(scratch, { recursive: true, force: true });
    }
}

function notRun(file: string, output: string): Outcome {
    return { file, isGood: true, output, passed: 0, failed: 0, skipped: 1, failures: [], seconds: 0 };
}

/** Node's own counts are those of one file. */
function withoutCounts(output: string): string {
    return output.replaceAll(/^ℹ (tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) .*\n?/gm, "");
}

/** Counts and failures by the TAP record; none if the file could not even be loaded. */
function readRecord(record: string): Pick<Outcome, "passed" | "failed" | "skipped" | "failures"> {
    const text = existsSync(record) ? readFileSync(record, "utf8") : "";
    const count = (name: string) => Number(RegExp(`^# ${name} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
    return {
        passed: count("pass"),
        failed: count("fail") + count("cancelled"),
        skipped: count("skipped"),
        failures: failuresIn(text),
    };
}

/** A subtest is indented by four spaces more than its suite; its title comes before its result, its suite's result after. */
function failuresIn(tap: string): string[] {
    const titles: string[] = [];
    const failures: string[] = [];
    for (const line of tap.split("\n")) {
        const [, indent = "", title, result] = /^( *)(?:# Subtest: (.*)|((?:not )?ok) \d+ - )/.exec(line) ?? [];
        const depth = indent.length / 4;
        if (title !== undefined) titles.splice(depth, Infinity, title);
        if (result === undefined) continue;
        const path = titles.slice(0, depth + 1).join(" › ");
        if (result === "not ok" && !failures.some((failure) => failure.startsWith(`${path} › `))) failures.push(path);
    }
    return failures;
}
