import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { assertErrorText, type ExpectedError } from "../../programs/cli/expected-error.js";
import { run } from "../../unit/command-runner.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { recordsOf } from "./expected-verdicts.js";
import { cutOff, writeSaves } from "./folder-of-saves.js";

/** Saves that can't be read are never handed to a program: none is started here. */
describe("poolnv loadtest, as far as it needs no program", () => {
    const folder = scratchFolder();
    const saves = join(folder, "saves");
    writeSaves(saves, { "Save 10": cutOff, "Save 2": cutOff, "Save 1": cutOff, notes: Buffer.from("no save") });
    const program = ["--", process.execPath, "{save}"];
    const loadtest = (results: string, ...options: string[]) =>
        run(["loadtest", saves, "--results", join(folder, results), ...options, ...program]);

    it("takes all saves by their names, numbers in their order, and judges each", async () => {
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

    it("splits a folder, and joins the results", async () => {
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

    it("compares with an earlier run", async () => {
        await loadtest("earlier.jsonl", "--quiet");
        const { stdout } = await loadtest("now.jsonl", "--quiet", "--baseline", join(folder, "earlier.jsonl"));
        assert.match(stdout, /before/);
        assert.match(stdout, /Save 2\.fos +│ unreadable .*│ unreadable/);
    });

    const usage = (message: RegExp, resolution: RegExp) =>
        ({ exitCode: 2, code: "USAGE", message, resolution }) as const;
    const wrong = (what: string, options: string[], expected: ExpectedError) =>
        it(`tells of ${what}`, () => assertFails(["loadtest", saves, ...options, ...program], expected));

    wrong("a shard that is none", ["--shard", "3/2"], usage(/--shard is "3\/2"/, /--help/));
    wrong("an expectation that is none", ["--expect", "luck"], usage(/"luck" is no expectation/, /alive/));
    wrong("a time that is none", ["--soak", "forever"], usage(/--soak is "forever"/, /--help/));
    wrong("two wishes that exclude one another", ["--resume", "--force"], usage(/--resume/, /Leave one out/));
    it("tells of a folder without saves", () =>
        assertFails(["loadtest", folder, ...program], {
            exitCode: 2,
            code: "NO_SAVES_FOLDER",
            message: /no saved game/,
            resolution: /poolnv saves/,
        }));
    it("tells of a program that is not there", () =>
        assertFails(["loadtest", saves, "--", "./nowhere"], {
            exitCode: 2,
            code: "NO_SUCH_PROGRAM",
            message: /nowhere/,
            resolution: /path/,
        }));
    it("tells of a report that is to be joined into itself", () =>
        assertFails(["report", "merge", "a.jsonl", "-o", "a.jsonl"], usage(/into itself/, /-o FILE/)));
});

/** As a command line of this process. */
async function assertFails(args: string[], expected: ExpectedError): Promise<void> {
    const { code, stdout, stderr } = await run(args);
    assertErrorText({ code, stdout, stderr: stderr.trimEnd() }, expected);
}
