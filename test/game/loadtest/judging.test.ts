import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UserError } from "../../../host/errors.js";
import { exitText, nativeExit, unknownExit, windowsExit, withException } from "../../../host/loadtest/program/exit.js";
import { ProgressWatch } from "../../../host/loadtest/program/progress-watch.js";
import { type ResultRecord, resultRecord } from "../../../host/loadtest/results/record.js";
import { endedWith } from "../../../host/loadtest/run/case-ended.js";
import { CaseJournal } from "../../../host/loadtest/run/case-journal.js";
import { defaultExpectations, parseExpectation } from "../../../host/loadtest/scenario/expectations.js";
import { statistics } from "./played-statistics.js";

describe("expectations", () => {
    const seen = {
        statistics: statistics(),
        peakUsed: 80,
        fallbackShare: 0.01,
        damagedHeaders: 0,
        hasEnded: false,
    };

    it("an expectation is met below its limit and broken at the limit", () => {
        assert.equal(parseExpectation("usage below 81%").broken(seen), null);
        assert.equal(parseExpectation("Usage  below 0.81").broken(seen), null);
        assert.match(parseExpectation("usage below 80 %").broken(seen)!, /80%/);
        assert.equal(parseExpectation("fallback below 1.1%").broken(seen), null);
        assert.match(parseExpectation("fallback below 0.01").broken(seen)!, /1%/);
        assert.equal(parseExpectation("no corruption").broken(seen), null);
        assert.match(parseExpectation("no corruption").broken({ ...seen, damagedHeaders: 3 })!, /damaged: 3$/);
        assert.equal(parseExpectation("alive").broken(seen), null);
        assert.match(parseExpectation("alive").broken({ ...seen, hasEnded: true })!, /ended/);
    });

    it("an expectation on usage counts what a pool in segments may grow to, not what it has reserved", () => {
        const usage = parseExpectation("usage below 50%");
        const broken = (peakUsed: number, pool_size: number, pool_limit = 100) =>
            usage.broken({ ...seen, peakUsed, statistics: statistics({ pool_size, pool_limit }) });
        assert.equal(broken(15, 16), null);
        assert.equal(broken(0, 0), null);
        assert.match(broken(60, 64)!, /^60% of the pool/);
        assert.equal(broken(0, 0, 0), null, "a pool of nothing is not used");
    });

    it("the text of an expectation can be parsed again", () => {
        for (const { text } of defaultExpectations()) assert.equal(parseExpectation(text).text, text);
    });

    for (const text of [
        "usage below",
        "usage below 0",
        "usage below 101%",
        "usage above 3%",
        "luck",
        "fallback below x",
    ]) {
        it(`an expectation can't be "${text}"`, () => assert.throws(() => parseExpectation(text), isUsage));
    }
});

describe("hang detection", () => {
    const poll = (calls: number, frames: number | null, loading: boolean | null = null) => ({
        statistics: statistics({ pool_allocs: calls }),
        frames,
        loading,
    });

    it("hang detection: no frames is a hang even if other threads call the pool", () => {
        const watch = new ProgressWatch(0);
        watch.note(1000, poll(1, 1), false);
        watch.note(5000, poll(2, 1), false);
        assert.equal(watch.stalledMs(5000), 4000);
        assert.match(watch.describe(5000), /no frame has gone by for 4 s; other threads still call the pool/);
        watch.note(6000, poll(2, 2), false);
        assert.equal(watch.stalledMs(6000), 0);
    });

    it("hang detection: while a save is loading, calls of the pool are progress", () => {
        const watch = new ProgressWatch(0);
        watch.note(1000, poll(1, 1, true), true);
        watch.note(60_000, poll(2, 1, true), true);
        assert.equal(watch.stalledMs(60_000), 0);
        watch.note(61_000, poll(2, 1, false), false);
        assert.equal(watch.stalledMs(61_000), 0);
        watch.note(65_000, poll(3, 1, false), false);
        assert.equal(watch.stalledMs(65_000), 4000);
    });

    it("hang detection: without a frame counter, calls of the pool are progress", () => {
        const watch = new ProgressWatch(0);
        watch.note(1000, poll(1, null), false);
        watch.note(2000, poll(2, null), false);
        watch.note(9000, poll(2, null), false);
        assert.equal(watch.stalledMs(9000), 7000);
        assert.equal(watch.describe(9000), "no call has reached its pool for 7 s");
    });
});

describe("the end of a program", () => {
    it("the end of a program is printed as far as it is known", () => {
        assert.equal(exitText(nativeExit(3, null)), "exit code 3");
        assert.equal(exitText(nativeExit(null, "SIGKILL")), "signal SIGKILL");
        assert.equal(exitText(windowsExit(7)), "exit code 7");
        assert.equal(exitText(windowsExit(0xc0000005)), "exception 0xC0000005 (access violation)");
        assert.equal(exitText(windowsExit(0xdeadbeef)), "exception 0xDEADBEEF");
        assert.equal(exitText(unknownExit), "how is not known");
    });

    it("the end of a program has the place of an exception only if the program died of that exception", () => {
        const seen = { type: "access-violation", address: "0x00ecd1c7", module: "FalloutNV.exe", offset: 0xacd1c7 };
        assert.deepEqual(withException(windowsExit(0xc0000005), seen).module, "FalloutNV.exe+0xacd1c7");
        assert.equal(withException(windowsExit(0xc00000fd), seen).address, null);
        assert.equal(withException(windowsExit(0), seen).address, null);
        assert.equal(withException(nativeExit(null, "SIGKILL"), seen).address, null);
        assert.equal(
            exitText(withException(nativeExit(null, "SIGSEGV"), { ...seen, module: null, offset: null })),
            "signal SIGSEGV (access violation) at 0x00ecd1c7",
        );
    });

    it("the end of a program is a crash only if an error is known", () => {
        assert.equal(endedWith(nativeExit(0, null)).verdict, null);
        assert.equal(endedWith(unknownExit).verdict, null);
        assert.equal(endedWith(nativeExit(1, null)).verdict, "crashed");
        assert.equal(endedWith(windowsExit(0xc0000005)).verdict, "crashed");
    });
});

describe("a test case", () => {
    const journal = () => {
        const records: ResultRecord[] = [];
        const testCase = new CaseJournal(
            { write: (record) => records.push(resultRecord.parse(record)), now: () => 1 },
            0,
            defaultExpectations(),
        );
        return { testCase, records };
    };

    it("a test case of a new program counts everything since the program's start", () => {
        const { testCase, records } = journal();
        testCase.beginProgram(null);
        testCase.sample(statistics({ peak_used: 95, fallback_allocs: 10, pool_allocs: 90 }));
        const verdict = testCase.verdict(null, [], null);
        assert.equal(verdict.verdict, "failed");
        assert.equal(verdict.peak_used, 95);
        assert.equal(verdict.fallback_share, 0.1);
        assert.equal(verdict.reasons.length, 2);
        const events = records.flatMap((record) => (record.kind === "event" ? [record.event] : []));
        assert.deepEqual(events, ["fallback_burst", "expectation_failed", "expectation_failed"]);
    });

    it("a test case in a running program counts only what happened since its own start", () => {
        const { testCase } = journal();
        testCase.beginProgram(statistics({ peak_used: 95, fallback_allocs: 10, pool_allocs: 90, corrupt_headers: 4 }));
        testCase.sample(statistics({ peak_used: 95, fallback_allocs: 10, pool_allocs: 990, corrupt_headers: 4 }));
        const { verdict, peak_used, fallback_share } = testCase.verdict(null, [], null);
        assert.deepEqual(
            { verdict, peak_used, fallback_share },
            { verdict: "passed", peak_used: 10, fallback_share: 0 },
        );
    });

    it("a test case does not count stray pointers as damaged headers", () => {
        const { testCase } = journal();
        testCase.beginProgram(statistics({ corrupt_headers: 3, stray_pointers: 1 }));
        testCase.sample(statistics({ corrupt_headers: 9, stray_pointers: 7 }));
        assert.equal(testCase.verdict(null, [], null).verdict, "passed");
        testCase.sample(statistics({ corrupt_headers: 11, stray_pointers: 8 }));
        assert.deepEqual(testCase.verdict(null, [], null).reasons, [
            "no corruption: headers of blocks that were found damaged: 1",
        ]);
    });

    it("a test case writes its last sample again with the size classes", () => {
        const { testCase, records } = journal();
        testCase.beginProgram(null);
        testCase.sample(statistics());
        testCase.sample(statistics({ pool_allocs: 2000 }));
        testCase.lastSample();
        const histograms = records.flatMap((record) => (record.kind === "sample" ? [record.statistics.histogram] : []));
        assert.deepEqual(histograms, [undefined, undefined, statistics().histogram]);
    });
});

function isUsage(error: unknown): boolean {
    return error instanceof UserError && error.code === "USAGE" && error.resolution.length > 10;
}
