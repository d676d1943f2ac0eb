import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { assertErrorText, type ExpectedError } from "../../programs/cli/expected-error.js";
import { run } from "../../unit/command-runner.js";
import { recordsOf } from "./expected-verdicts.js";
import { cutOff, writeSaves } from "./folder-of-saves.js";

/** Unreadable saves are never given to a program, so none is started here. */
describe("poolnv loadtest without a program", () => {
    const folder = scratchFolder();
    const saves = join(folder, "saves");
    writeSaves(saves, { "Save 10": cutOff, "Save 2": cutOff, "Save 1": cutOff, notes: Buffer.from("no save") });
    const program = ["--", process.execPath, "{save}"];
    const loadtest = (results: string, ...options: string[]) =>
        run(["loadtest", saves, "--results", join(folder, results), ...options, ...program]);

    it("poolnv loadtest tests the saves in natural order and gives each a verdict", async () => {
        const { code, stdout, stderr } = await loadtest("all.jsonl", "--json", "--junit", join(folder, "all.xml"));
        assert.equal(code, 6, stderr);
        const document = JSON.parse(stdout) as {
            passed: boolean;
            end: string;
            saves: { file: string; verdict: string }[];
        };
        assert.equal(document.passed, false);
        assert.equal(document.end, "finished");
        assert.deepEqual(
            document.saves.map(({ file, verdict }) => [file, verdict]),
            [
                ["notes.fos", "unreadable"],
                ["Save 1.fos", "unreadable"],
                ["Save 2.fos", "unreadable"],
                ["Save 10.fos", "unreadable"],
            ],
        );
        assert.match(readFileSync(join(folder, "all.xml"), "utf8"), /tests="4" failures="0" errors="4"/);
    });

    it("poolnv loadtest --shard splits a folder, and report merge joins the results", async () => {
        for (const number of [1, 2, 3]) await loadtest(`part-${number}.jsonl`, "--shard", `${number}/3`, "--quiet");
        const parts = [1, 2, 3].map((number) => join(folder, `part-${number}.jsonl`));
        const joined = join(folder, "joined.jsonl");
        const { code, stdout, stderr } = await run(["report", "merge", ...parts, "-o", joined, "--json"]);
        assert.equal(code, 0, stderr);
        assert.equal((JSON.parse(stdout) as { saves: number }).saves, 4);
        const [first, ...rest] = await recordsOf(joined);
        assert.deepEqual(first!.kind === "run" && first!.saves, [
            "notes.fos",
            "Save 10.fos",
            "Save 1.fos",
            "Save 2.fos",
        ]);
        assert.deepEqual(
            rest.flatMap((record) => (record.kind === "verdict" ? [record.save] : [])),
            [0, 1, 2, 3],
        );
    });

    it("poolnv loadtest --baseline prints the earlier verdicts too", async () => {
        await loadtest("earlier.jsonl", "--quiet");
        const { stdout } = await loadtest("now.jsonl", "--quiet", "--baseline", join(folder, "earlier.jsonl"));
        assert.match(stdout, /before/);
        assert.match(stdout, /Save 2\.fos +│ unreadable .*│ unreadable/);
    });

    const usage = (message: RegExp, resolution: RegExp) =>
        ({ exitCode: 2, code: "USAGE", message, resolution }) as const;
    const wrong = (what: string, options: string[], expected: ExpectedError) =>
        it(`poolnv loadtest refuses ${what}`, () => assertFails(["loadtest", saves, ...options, ...program], expected));

    wrong("an invalid --shard", ["--shard", "3/2"], usage(/--shard is "3\/2"/, /--help/));
    wrong("an invalid --expect", ["--expect", "luck"], usage(/"luck" is not an expectation/, /alive/));
    wrong("an invalid --soak", ["--soak", "forever"], usage(/--soak is "forever"/, /--help/));
    wrong("--resume with --force", ["--resume", "--force"], usage(/--resume/, /Leave one out/));
    it("poolnv loadtest refuses a folder without saves", () =>
        assertFails(["loadtest", folder, ...program], {
            exitCode: 2,
            code: "NO_SAVES_FOLDER",
            message: /no saved game/,
            resolution: /poolnv saves/,
        }));
    it("poolnv loadtest refuses a program that does not exist", () =>
        assertFails(["loadtest", saves, "--", "./nowhere"], {
            exitCode: 2,
            code: "NO_SUCH_PROGRAM",
            message: /nowhere/,
            resolution: /path/,
        }));
    it("poolnv report merge refuses to write over one of its inputs", () =>
        assertFails(["report", "merge", "a.jsonl", "-o", "a.jsonl"], usage(/into itself/, /-o FILE/)));
});

/** Runs a command line in this process. */
async function assertFails(args: string[], expected: ExpectedError): Promise<void> {
    const { code, stdout, stderr } = await run(args);
    assertErrorText({ code, stdout, stderr: stderr.trimEnd() }, expected);
}
