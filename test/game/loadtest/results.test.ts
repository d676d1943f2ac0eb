import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { UserError } from "../../../host/errors.js";
import { junitXml } from "../../../host/loadtest/results/junit.js";
import { mergeResults } from "../../../host/loadtest/results/merge.js";
import {
    lineLimit,
    type ResultRecord,
    type RunRecord,
    type VerdictRecord,
} from "../../../host/loadtest/results/record.js";
import { ResultsFile } from "../../../host/loadtest/results/results-file.js";
import { readSummary } from "../../../host/loadtest/results/summary.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { recordsOf } from "./expected-verdicts.js";
import { statistics } from "./played-statistics.js";

const run = (some: Partial<RunRecord> = {}): RunRecord => ({
    kind: "run",
    format: 1,
    poolnv: "0.1.0",
    started: "2026-01-02T03:04:05.000Z",
    program: "FalloutNV.exe",
    scenario: null,
    pool_size: 1,
    layers: ["crt"],
    soak_seconds: 1,
    session: false,
    shard: null,
    expectations: ["alive"],
    saves: ["a.fos", "b.fos"],
    ...some,
});

const begin = (save: number, at_ms = 0): ResultRecord => {
    return { kind: "save", save, file: "x", at_ms, header: null, screenshot: null };
};

const verdict = (save: number, some: Partial<VerdictRecord> = {}): VerdictRecord => ({
    kind: "verdict",
    save,
    at_ms: 10,
    verdict: "passed",
    reasons: [],
    peak_used: 1,
    fallback_share: 0,
    load_seconds: null,
    exit: null,
    ...some,
});

const end = (reason: "finished" | "interrupted" = "finished"): ResultRecord => ({ kind: "end", at_ms: 20, reason });

describe("a results file", () => {
    const folder = scratchFolder();
    let count = 0;
    const write = (...lines: (ResultRecord | string)[]): string => {
        const file = join(folder, `${++count}.jsonl`);
        const texts = lines.map((line) => (typeof line === "string" ? line : `${JSON.stringify(line)}\n`));
        writeFileSync(file, texts.join(""));
        return file;
    };

    it("a results file is read as it was written, whatever the name of a save", async () => {
        const player = 'ä " \\ <b> \u2028 \u0000 \u{1f4a3}';
        const header = { player, level: 1, location: "", play_time: "", save_number: 1 };
        const sample: ResultRecord = { kind: "sample", save: 0, at_ms: 5, statistics: statistics() };
        const records = [run({ saves: [player] }), { ...begin(0), header } as ResultRecord, sample, verdict(0), end()];
        const file = join(folder, "written.jsonl");
        const results = await ResultsFile.create(file, false);
        for (const record of records) results.write(record);
        await results.close();
        assert.deepEqual(await recordsOf(file), records);
    });

    it("a results file with an incomplete last line is readable, and resumed after the line before", async () => {
        const file = write(run(), begin(0), '{"kind":"verdict","save":0,"at_');
        assert.equal((await recordsOf(file)).length, 2);
        const results = await ResultsFile.append(file);
        results.write(verdict(0));
        await results.close();
        assert.deepEqual(await recordsOf(file), [run(), begin(0), verdict(0)]);
        const long = write(run(), `{"kind":"note${"x".repeat(200_000)}`);
        await (await ResultsFile.append(long)).close();
        assert.equal(readFileSync(long, "utf8"), `${JSON.stringify(run())}\n`);
    });

    for (const [what, lines, message] of [
        ["no records", [], /line 1: it is missing/],
        ["another first record", [end()], /line 1: it is not a run record/],
        ["two runs", [run(), run()], /line 2: it begins a second run/],
        ["invalid JSON", [run(), "{\n"], /line 2: it is not JSON/],
        ["an unknown kind of record", [run(), '{"kind":"party"}\n'], /line 2: kind/],
        ["a save that is not in the run", [run(), begin(2)], /line 2: the run has no such save/],
        ["a share above 1", [run(), verdict(0, { fallback_share: 2 })], /line 2: fallback_share/],
        ["a line that is too long", [run(), "x".repeat(lineLimit + 70_000)], /line 2: it is too long/],
    ] as const) {
        it(`a results file is refused with ${what}`, () =>
            assert.rejects(recordsOf(write(...lines)), isError("BAD_RESULTS", message)));
    }

    it("a results file that is missing or a folder is refused", async () => {
        await assert.rejects(recordsOf(join(folder, "none")), isError("RESULTS_NOT_READABLE", /none/));
        await assert.rejects(recordsOf(folder), isError("RESULTS_NOT_READABLE", /not a regular file|folder/));
    });

    it("the summary of a results file has the verdicts from before and after an interruption", async () => {
        const file = write(run(), begin(0), verdict(0), begin(1), end("interrupted"));
        assert.deepEqual((await readSummary(file)).verdicts, [verdict(0), null]);
        const resumed: ResultRecord = { kind: "resumed", started: "2026-01-02T04:04:05.000Z" };
        appendFileSync(file, JSON.stringify(resumed) + "\n" + JSON.stringify(verdict(1)) + "\n");
        const summary = await readSummary(file);
        assert.deepEqual(summary.verdicts, [verdict(0), verdict(1)]);
        assert.equal(summary.end, null);
    });

    it("JUnit XML escapes the names and reasons of saves", async () => {
        const saves = ['"><script>&.fos', "bell \u0007 and end \u001b[0m.fos", "good.fos", "later.fos"];
        const file = write(
            run({ saves }),
            begin(0, 1000),
            verdict(0, { at_ms: 3500, verdict: "failed", reasons: ["]]> <b>", "usage: \uffff"] }),
            verdict(1, { verdict: "crashed", reasons: ['signal "x"'] }),
            verdict(2),
        );
        const xml = junitXml(await readSummary(file));
        assert.match(xml, /tests="4" failures="1" errors="1" skipped="1" time="2.520"/);
        assert.match(xml, /name="&quot;&gt;&lt;script&gt;&amp;\.fos" time="2.500"/);
        assert.match(xml, /<failure type="failed" message="]]&gt; &lt;b&gt;">]]&gt; &lt;b&gt;\n/);
        assert.match(xml, /name="bell \\x07 and end \\x1b\[0m\.fos"/);
        assert.match(xml, /<skipped message="not reached"\/>/);
        assert.doesNotMatch(xml, /<script/);
        const isForbidden = (character: string) =>
            (character < " " && !"\t\n\r".includes(character)) || character === "\uffff";
        assert.deepEqual([...xml].filter(isForbidden), []);
    });

    it("merging shards renumbers the saves and shifts the times to the earliest start", async () => {
        const one = write(run({ shard: "1/2" }), begin(0), verdict(0), verdict(1), end());
        const later = { started: "2026-01-02T03:05:05.000Z", shard: "2/2", saves: ["c.fos"] };
        const other = write(run(later), begin(0), verdict(0, { verdict: "hung" }), end());
        const joined = join(folder, "joined.jsonl");
        await mergeResults([one, other], joined, false);
        assert.deepEqual(await recordsOf(joined), [
            run({ saves: ["a.fos", "b.fos", "c.fos"] }),
            ...[begin(0), verdict(0), verdict(1), begin(2, 60_000), verdict(2, { verdict: "hung", at_ms: 60_010 })],
            { kind: "end", at_ms: 60_020, reason: "finished" },
        ]);
        await assert.rejects(mergeResults([one, other], joined, false), isError("FILE_EXISTS", /joined/));
    });

    it("merging an unfinished shard gives an unfinished run", async () => {
        const joined = join(folder, "unfinished.jsonl");
        await mergeResults([write(run(), end()), write(run({ saves: ["c.fos"] }), begin(0))], joined, false);
        assert.deepEqual((await recordsOf(joined)).at(-1), { kind: "end", at_ms: 20, reason: "interrupted" });
    });

    it("merging refuses results that are not shards of one run", async () => {
        const refuses = (other: Partial<RunRecord>, message: RegExp) =>
            assert.rejects(
                mergeResults([write(run(), end()), write(run(other), end())], join(folder, "refused.jsonl"), false),
                isError("SHARDS_DIFFER", message),
            );
        await refuses({}, /a\.fos is in two of them/);
        await refuses({ saves: ["c.fos"], program: "other.exe" }, /differ in program/);
        await refuses({ saves: ["c.fos"], soak_seconds: 2 }, /differ in soak_seconds/);
    });
});

function isError(code: UserError["code"], message: RegExp): (error: unknown) => boolean {
    return (error) => error instanceof UserError && error.code === code && message.test(error.message);
}
