import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readRecords } from "../../../host/loadtest/results/read-records.js";
import type { ResultRecord, Verdict, VerdictRecord } from "../../../host/loadtest/results/record.js";

/** The expected verdict of a save, and patterns that its reasons must match. */
export type Expected = readonly [Verdict, ...RegExp[]];

/** All records of a results file. */
export async function recordsOf(file: string): Promise<ResultRecord[]> {
    const records: ResultRecord[] = [];
    for await (const record of readRecords(file)) records.push(record);
    return records;
}

/** Asserts that a results file has exactly these verdicts, one for each save. */
export async function assertVerdicts(
    file: string,
    expected: Readonly<Record<string, Expected>>,
): Promise<Map<string, VerdictRecord>> {
    const records = await recordsOf(file);
    const [run] = records;
    assert.equal(run!.kind, "run");
    const files = run!.kind === "run" ? run!.saves : [];
    const verdicts = records.filter((record) => record.kind === "verdict");
    const found = new Map(verdicts.map((record) => [files[record.save]!, record]));
    assert.equal(found.size, verdicts.length, "a save has one verdict");
    assert.deepEqual(
        Object.fromEntries([...found].map(([save, { verdict }]) => [save, verdict])),
        Object.fromEntries(Object.entries(expected).map(([save, [verdict]]) => [save, verdict])),
        readFileSync(file, "utf8")
            .split("\n")
            .filter((line) => /"kind":"(verdict|event)"/.test(line))
            .join("\n"),
    );
    for (const [save, [, ...words]] of Object.entries(expected)) {
        for (const word of words) assert.match(found.get(save)!.reasons.join("\n"), word, save);
    }
    return found;
}

/** Asserts that JUnit XML has the same verdicts. */
export function assertJunit(xml: string, expected: Readonly<Record<string, Expected>>): void {
    const verdicts = Object.values(expected).map(([verdict]) => verdict);
    const failures = verdicts.filter((verdict) => verdict === "failed").length;
    const errors = verdicts.filter((verdict) => verdict !== "failed" && verdict !== "passed").length;
    assert.match(xml, new RegExp(`tests="${verdicts.length}" failures="${failures}" errors="${errors}" skipped="0"`));
    assert.equal([...xml.matchAll(/<testcase /g)].length, verdicts.length);
    assert.equal([...xml.matchAll(/<failure type="failed"/g)].length, failures);
    assert.equal([...xml.matchAll(/<error type="/g)].length, errors);
}
