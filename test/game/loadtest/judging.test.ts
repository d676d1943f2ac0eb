import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UserError } from "../../../host/errors.js";
import { parseExpectation, usualExpectations } from "../../../host/loadtest/expectations/expect.js";
import { exitText, nativeExit, unknownExit, windowsExit, withException } from "../../../host/loadtest/program/exit.js";
import { ProgressWatch } from "../../../host/loadtest/program/progress-watch.js";
import type { ResultRecord } from "../../../host/loadtest/results/record.js";
import { resultRecord } from "../../../host/loadtest/results/record.js";
import { CaseJournal } from "../../../host/loadtest/run/case-journal.js";
import { deathOf } from "../../../host/loadtest/run/case-over.js";
import { statistics } from "./played-statistics.js";

describe("an expectation in words", () => {
    const seen = {
        statistics: statistics(),
        peakUsed: 80,
        fallbackShare: 0.01,
        damagedHeaders: 0,
        hasEnded: false,
    };

    it("is met below its limit and broken at it", () => {
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

    it("is of what a pool in segments may grow to, not of what it has reserved so far", () => {
        const usage = parseExpectation("usage below 50%");
        const broken = (peakUsed: number, pool_size: number, pool_limit = 100) =>
            usage.broken({ ...seen, peakUsed, statistics: statistics({ pool_size, pool_limit }) });
        assert.equal(broken(15, 16), null);
        assert.equal(broken(0, 0), null);
        assert.match(broken(60, 64)!, /^60% of the pool/);
        assert.equal(broken(0, 0, 0), null, "a pool of nothing is not used");
    });

    it("says itself in the words that it is parsed from", () => {
        for (const { text } of usualExpectations()) assert.equal(parseExpectation(text).text, text);
    });

    for (const text of [
        "usage below",
        "usage below 0",
        "usage below 101%",
        "usage above 3%",
        "luck",
        "fallback below x",
    ])
        it(`is none: ${text}`, () => assert.throws(() => parseExpectation(text), isUsage));
});

describe("what tells a hang from slowness", () => {
    const look = (calls: number, frames: number | null, loading: boolean | null = null) => ({
        statistics: statistics({ pool_allocs: calls }),
        frames,
        loading,
    });

    it("frames that stand still are a hang though other threads go on", () => {
        const watch = new ProgressWatch(0);
        watch.note(1000, look(1, 1), false);
        watch.note(5000, look(2, 1), false);
        assert.equal(watch.stillMs(5000), 4000);
        assert.match(watch.describe(5000), /no frame has gone by for 4 s; other threads still call the pool/);
        watch.note(6000, look(2, 2), false);
        assert.equal(watch.stillMs(6000), 0);
    });

    it("while a save is loading calls are enough, and frames are due only from its end on", () => {
        const watch = new ProgressWatch(0);
        watch.note(1000, look(1, 1, true), true);
        watch.note(60_000, look(2, 1, true), true);
        assert.equal(watch.stillMs(60_000), 0);
        watch.note(61_000, look(2, 1, false), false);
        assert.equal(watch.stillMs(61_000), 0);
        watch.note(65_000, look(3, 1, false), false);
        assert.equal(watch.stillMs(65_000), 4000);
    });

    it("where frames can't be counted, calls are", () => {
        const watch = new ProgressWatch(0);
        watch.note(1000, look(1, null), false);
        watch.note(2000, look(2, null), false);
        watch.note(9000, look(2, null), false);
        assert.equal(watch.stillMs(9000), 7000);
        assert.equal(watch.describe(9000), "no call has reached its pool for 7 s");
    });
});

describe("how a program ended", () => {
    it("is told as far as it is known", () => {
        assert.equal(exitText(nativeExit(3, null)), "exit code 3");
        assert.equal(exitText(nativeExit(null, "SIGKILL")), "signal SIGKILL");
        assert.equal(exitText(windowsExit(7)), "exit code 7");
        assert.equal(exitText(windowsExit(0xc0000005)), "exception 0xC0000005 (access violation)");
        assert.equal(exitText(windowsExit(0xdeadbeef)), "exception 0xDEADBEEF");
        assert.equal(exitText(unknownExit), "how is not known");
    });

    it("has the place of an exception only where that is what it died of", () => {
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

    it("is a crash only where an error is known", () => {
        assert.equal(deathOf(nativeExit(0, null)).verdict, null);
        assert.equal(deathOf(unknownExit).verdict, null);
        assert.equal(deathOf(nativeExit(1, null)).verdict, "crashed");
        assert.equal(deathOf(windowsExit(0xc0000005)).verdict, "crashed");
    });
});

describe("a save's turn", () => {
    const journal = () => {
        const records: ResultRecord[] = [];
        const turn = new CaseJournal(
            { write: (record) => records.push(resultRecord.parse(record)), now: () => 1 },
            0,
            usualExpectations(),
        );
        return { turn, records };
    };

    it("counts what a fresh program did from its start", () => {
        const { turn, records } = journal();
        turn.beginProgram(null);
        turn.sample(statistics({ peak_used: 95, fallback_allocs: 10, pool_allocs: 90 }));
        const verdict = turn.verdict(null, [], null);
        assert.equal(verdict.verdict, "failed");
        assert.equal(verdict.peak_used, 95);
        assert.equal(verdict.fallback_share, 0.1);
        assert.equal(verdict.reasons.length, 2);
        const events = records.flatMap((record) => (record.kind === "event" ? [record.event] : []));
        assert.deepEqual(events, ["fallback_burst", "expectation_failed", "expectation_failed"]);
    });

    it("counts against a save only what happened in its own turn", () => {
        const { turn } = journal();
        turn.beginProgram(statistics({ peak_used: 95, fallback_allocs: 10, pool_allocs: 90, corrupt_headers: 4 }));
        turn.sample(statistics({ peak_used: 95, fallback_allocs: 10, pool_allocs: 990, corrupt_headers: 4 }));
        const { verdict, peak_used, fallback_share } = turn.verdict(null, [], null);
        assert.deepEqual(
            { verdict, peak_used, fallback_share },
            { verdict: "passed", peak_used: 10, fallback_share: 0 },
        );
    });

    it("does not count pointers where no block can begin as damage", () => {
        const { turn } = journal();
        turn.beginProgram(statistics({ corrupt_headers: 3, stray_pointers: 1 }));
        turn.sample(statistics({ corrupt_headers: 9, stray_pointers: 7 }));
        assert.equal(turn.verdict(null, [], null).verdict, "passed");
        turn.sample(statistics({ corrupt_headers: 11, stray_pointers: 8 }));
        assert.deepEqual(turn.verdict(null, [], null).reasons, [
            "no corruption: headers of blocks that were found damaged: 1",
        ]);
    });

    it("keeps its last sample with all size classes, though each sample was written before", () => {
        const { turn, records } = journal();
        turn.beginProgram(null);
        turn.sample(statistics());
        turn.sample(statistics({ pool_allocs: 2000 }));
        turn.lastSample();
        const histograms = records.flatMap((record) => (record.kind === "sample" ? [record.statistics.histogram] : []));
        assert.deepEqual(histograms, [undefined, undefined, statistics().histogram]);
    });
});

function isUsage(error: unknown): boolean {
    return error instanceof UserError && error.code === "USAGE" && error.resolution.length > 10;
}
