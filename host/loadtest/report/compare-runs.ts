import { bytesPerMb } from "../../../shared/bytes.js";
import type { RunRecord, Verdict } from "../results/record.js";
import { type Comparison, noticed, type SaveChange, type SaveRow, type SettingChange } from "./document.js";

export interface JudgedRun {
    readonly run: RunRecord;
    readonly rows: readonly SaveRow[];
}

/** Finds what got worse and better since an earlier run. */
export function compareRuns(now: JudgedRun, earlier: JudgedRun): Comparison {
    const worse: SaveChange[] = [];
    const better: SaveChange[] = [];
    const [rowsNow, rowsEarlier] = [judgedRows(now), judgedRows(earlier)];
    let same = 0;
    for (const [file, row] of rowsNow) {
        const before = rowsEarlier.get(file);
        if (before === undefined) continue;
        const changes = changesOf(before, row);
        if (changes.length === 0) same++;
        for (const { change, isWorse } of changes) (isWorse ? worse : better).push(change);
    }
    return {
        earlier: { started: earlier.run.started, poolnv: earlier.run.poolnv },
        settings: settingChanges(earlier.run, now.run),
        worse: worstFirst(worse),
        better: worstFirst(better),
        same,
        onlyNow: [...rowsNow.keys()].filter((file) => !rowsEarlier.has(file)),
        onlyEarlier: [...rowsEarlier.keys()].filter((file) => !rowsNow.has(file)),
    };
}

/** By file name. */
function judgedRows({ rows }: JudgedRun): Map<string, SaveRow> {
    return new Map(rows.filter(({ outcome }) => outcome !== "not_run").map((row) => [row.file, row]));
}

interface Judged {
    readonly change: SaveChange;
    readonly isWorse: boolean;
}

function changesOf(before: SaveRow, { file, ...now }: SaveRow): Judged[] {
    const judged: Judged[] = [];
    const add = (change: SaveChange, difference: number) => judged.push({ change, isWorse: difference > 0 });
    if (before.outcome !== now.outcome) {
        const difference = severity(now.outcome as Verdict) - severity(before.outcome as Verdict);
        add({ file, what: "verdict", before: before.outcome, now: now.outcome }, difference);
    }
    const measures = [
        ["peak", before.peakUsed, now.peakUsed],
        ["fallbacks", before.fallbackShare, now.fallbackShare],
        ["load", before.loadSeconds, now.loadSeconds],
    ] as const;
    for (const [what, earlier, later] of measures) {
        if (earlier === null || later === null) continue;
        if (isNoticed(what, earlier, later)) add({ file, what, before: earlier, now: later }, later - earlier);
    }
    return judged;
}

function isNoticed(what: keyof typeof noticed, before: number, now: number): boolean {
    const limit = noticed[what];
    const difference = Math.abs(now - before);
    return difference > limit.least && (!("share" in limit) || difference > limit.share * before);
}

function severity(verdict: Verdict): number {
    return ["passed", "failed", "unreadable", "not_loaded", "hung", "crashed"].indexOf(verdict);
}

const order = ["verdict", "fallbacks", "peak", "load"];

/** Verdicts first; within each kind of change the largest first. */
function worstFirst(changes: readonly SaveChange[]): SaveChange[] {
    const size = (change: SaveChange) =>
        change.what === "verdict" ? severity(change.now as Verdict) : Math.abs(change.now - change.before);
    return [...changes].sort(
        (one, other) => order.indexOf(one.what) - order.indexOf(other.what) || size(other) - size(one),
    );
}

function settingChanges(before: RunRecord, now: RunRecord): SettingChange[] {
    const settings = (run: RunRecord): Record<string, string> => ({
        program: run.program,
        scenario: run.scenario ?? "default",
        "pool size": `${run.pool_size / bytesPerMb} MB`,
        layers: run.layers.join(", "),
        soak: `${run.soak_seconds} s`,
        process: run.session ? "one for all saves" : "one for each save",
        poolnv: run.poolnv,
    });
    const earlier = settings(before);
    return Object.entries(settings(now))
        .map(([name, value]) => ({ name, before: earlier[name]!, now: value }))
        .filter((change) => change.before !== change.now);
}
