import assert from "node:assert/strict";
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "node:test";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { assertErrorText, assertFails, type ExpectedError } from "../../programs/cli/expected-error.js";
import { run } from "../../unit/command-runner.js";
import { writeResults } from "./generate-results.js";
import { hostileName, variedRun } from "./made-up-runs.js";
import { documentOf } from "./read-file.js";

describe("poolnv report html", () => {
    const folder = scratchFolder();
    const results = path.join(folder, "run.jsonl");
    before(() => writeResults(results, variedRun));

    it("poolnv report html writes one page and prints its outcomes", async () => {
        const file = path.join(folder, "report.html");
        const { code, stdout, stderr } = await poolnv(["report", "html", results, "-o", file]);
        assert.equal(code, 0, stderr);
        assert.match(stdout, /^Wrote \S+report\.html \(0\.\d\d MB\): 3 passed, 1 failed, 1 crashed, 1 hung, /);
        assert.match(stderr, /^reading \S+run\.jsonl\nwriting \S+report\.html$/);
        const document = documentOf(file);
        assert.deepEqual(
            document.saves.map(({ file: name, outcome }) => [name, outcome]),
            variedRun.map((save) => [save.file, save.verdict]),
        );
        assert.equal(document.run.ended, "finished");
    });

    it("the page of poolnv report html has no data of saves in its markup and no external resources", async () => {
        const file = path.join(folder, "strict.html");
        await poolnv(["report", "html", results, "-o", file]);
        const html = readFileSync(file, "utf8");
        assert.ok(!html.includes(hostileName));
        const markup = html.replace(/(<script[^>]*>)[^<]*(?:<(?!\/script)[^<]*)*/g, "$1");
        assert.ok(markup.length < 30_000, "the scripts are cut out");
        assert.doesNotMatch(markup, /<img|Mercer|alert/);
        assert.match(html, /content="default-src 'none'; script-src ('sha256-[\w+/]{43}=' ?){2}; style-src 'sha256-/);
        assert.doesNotMatch(markup, /<(?:script|link|img)[^>]*(?:src|href)="(?!data:)/);
    });

    it("poolnv report html --json prints one document", async () => {
        const file = path.join(folder, "document.html");
        const args = ["report", "html", results, "-o", file, "--baseline", results, "--json", "--quiet"];
        const { stdout, stderr } = await poolnv(args);
        const { bytes, ...document } = JSON.parse(stdout) as { bytes: number };
        assert.deepEqual(document, {
            file,
            outcomes: { passed: 3, failed: 1, crashed: 1, hung: 1, not_loaded: 1, unreadable: 1 },
            changes: { worse: 0, better: 0 },
        });
        assert.equal(bytes, readFileSync(file).length);
        assert.equal(stderr, "");
    });

    it("poolnv report html accepts incomplete results", async () => {
        const [cut, file] = [path.join(folder, "cut.jsonl"), path.join(folder, "cut.html")];
        await writeResults(cut, variedRun.slice(0, 2), {
            facts: { saves: ["a.fos", "b.fos", "c.fos"] },
            isFinished: false,
        });
        truncateSync(cut, readFileSync(cut).length - 40);
        const { code, stderr } = await poolnv(["report", "html", cut, "-o", file]);
        assert.equal(code, 0, stderr);
        const { run, saves } = documentOf(file);
        assert.equal(run.ended, null);
        assert.deepEqual(
            saves.map(({ outcome }) => outcome),
            ["passed", "not_run", "not_run"],
        );
        assert.ok(saves[1]!.peakUsed! > 0, "the samples before the cut are used");
    });

    it("poolnv report html counts only the last test of a save that was tested twice", async () => {
        const [resumed, file] = [path.join(folder, "resumed.jsonl"), path.join(folder, "resumed.html")];
        const [first, second] = [variedRun[3]!, { ...variedRun[0]!, file: variedRun[3]!.file, samples: 50 }];
        await writeResults(resumed, [first], { isFinished: false });
        const again = path.join(folder, "again.jsonl");
        await writeResults(again, [second]);
        const [, ...records] = readFileSync(again, "utf8").split("\n");
        appendFileSync(resumed, '{"kind":"resumed","started":"2026-11-26T01:00:00.000Z"}\n' + records.join("\n"));
        await poolnv(["report", "html", resumed, "-o", file]);
        const { run, saves } = documentOf(file);
        assert.deepEqual([run.resumed, run.ended], [1, "finished"]);
        assert.deepEqual(
            saves.map(({ outcome, reasons }) => [outcome, reasons]),
            [["passed", []]],
        );
    });

    it("poolnv report html refuses invalid results and existing files", async () => {
        const [bad, there] = [path.join(folder, "bad.jsonl"), path.join(folder, "there.html")];
        writeFileSync(bad, "[]\n");
        writeFileSync(there, "mine");
        const other = path.join(folder, "other.html");
        const failure = (code: "BAD_RESULTS" | "RESULTS_NOT_READABLE" | "FILE_EXISTS" | "USAGE", message: RegExp) => ({
            exitCode: 2,
            code,
            message,
            resolution: /./,
        });
        await assertFails(["report", "html", bad, "-o", other], failure("BAD_RESULTS", /bad\.jsonl.*line 1/));
        const assertTold = async (args: string[], expected: ExpectedError) => {
            const { code, stdout, stderr } = await run(args);
            assertErrorText({ code, stdout, stderr: stderr.trimEnd() }, expected);
        };
        const missing = path.join(folder, "missing.jsonl");
        await assertTold(["report", "html", missing, "-o", other], failure("RESULTS_NOT_READABLE", /missing\.jsonl/));
        await assertTold(["report", "html", results, "-o", there], failure("FILE_EXISTS", /there\.html/));
        await assertTold(
            ["report", "html", results, "-o", results, "--force"],
            failure("USAGE", /results file itself/),
        );
        await assertTold(["report"], failure("USAGE", /No subcommand/));
        await assertTold(["report", "html", results], failure("USAGE", /output/));
        assert.equal(readFileSync(there, "utf8"), "mine");
        const { code } = await poolnv(["report", "html", results, "-o", there, "--force"]);
        assert.equal(code, 0);
        assert.match(readFileSync(there, "utf8"), /^<!doctype html>/);
    });
});
