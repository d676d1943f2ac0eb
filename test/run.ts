/**
 * What `npm test` runs once everything is prepared: all suites, or those of the folders named on the command line
 * (`npm test -- install layout`). Ends with the exit code of the tests, and fails when none of them ran.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Environments } from "./prepare/environments.js";
import { environmentTable, preparedEnvironments, runNode } from "./prepared.js";

const sources = fileURLToPath(new URL("../../test/", import.meta.url));
const built = fileURLToPath(new URL("./", import.meta.url));

/**
 * Suites that may run while another one attaches to programs by name: they start none of the game's name.
 */
const besideOthers = ["bench", "cmodule", "game", "host", "layout", "package", "report", "saves"];

process.exitCode = await main(process.argv.slice(2));

async function main(folders: string[]): Promise<number> {
    const suites = readdirSync(sources, { recursive: true, encoding: "utf8" })
        .filter((path) => path.endsWith(".test.ts"))
        .map((path) => path.replaceAll("\\", "/").replace(/\.ts$/, ".js"))
        .sort();
    const known = [...new Set(suites.map(folderOf))];
    const unknown = folders.filter((folder) => !known.includes(folder));
    if (unknown.length > 0) {
        console.error(`there is no suite ${unknown.join(", ")}; the suites are: ${known.join(", ")}`);
        return 2;
    }
    const environments = preparedEnvironments();
    console.log(environmentTable(environments));
    if (folders.length === 0) return runAll(suites, environments);
    return runTests(
        suites.filter((path) => folders.includes(folderOf(path))),
        environments,
    );
}

/** Two at a time: those that go beside others take what time the others leave, and print theirs at the end. */
async function runAll(suites: readonly string[], environments: Environments | null): Promise<number> {
    const isBeside = (path: string): boolean => besideOthers.includes(folderOf(path));
    const shown = join(mkdtempSync(join(tmpdir(), "poolnv-beside-")), "output.txt");
    const beside = runTests(suites.filter(isBeside), environments, shown, constants.priority.PRIORITY_BELOW_NORMAL);
    const code = await runTests(
        suites.filter((path) => !isBeside(path)),
        environments,
    );
    const besideCode = await beside;
    console.log(`\nbeside these: ${besideOthers.join(", ")}\n\n${readFileSync(shown, "utf8")}`);
    rmSync(dirname(shown), { recursive: true });
    return code === 0 ? besideCode : code;
}

function folderOf(path: string): string {
    return path.split("/")[0]!;
}

/** @param shown file for what people read; else standard output has it */
async function runTests(
    suites: readonly string[],
    environments: Environments | null,
    shown = "stdout",
    priority?: number,
): Promise<number> {
    const scratch = mkdtempSync(join(tmpdir(), "poolnv-run-"));
    try {
        const record = join(scratch, "record.tap");
        const files = suites.map((path) => join(built, path));
        if (files.length === 0) throw new Error("no suite to run"); // Node would take all files of that name here
        const code = await runNode(environments, [...testOptions(record, shown), ...files], priority);
        if (code !== 0) return code;
        if (countRun(record) > 0) return 0;
        console.error("no test ran");
        return 1;
    } finally {
        rmSync(scratch, { recursive: true, force: true });
    }
}

/** Node 20 counts the time limit for a whole file, and a suite that attaches to every kind of program takes minutes. */
function testOptions(record: string, shown: string): string[] {
    const toPeople = ["--test-reporter=spec", `--test-reporter-destination=${shown}`];
    const toRecord = ["--test-reporter=tap", `--test-reporter-destination=${record}`];
    return ["--test", "--test-concurrency=1", "--test-timeout=1800000", ...toPeople, ...toRecord];
}

/** Tests that passed or failed, without those that were skipped. */
function countRun(record: string): number {
    const counts = readFileSync(record, "utf8").matchAll(/^# (?:pass|fail) (\d+)$/gm);
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}
