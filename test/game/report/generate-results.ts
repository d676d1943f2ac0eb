import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import type { ResultRecord, RunRecord, Verdict } from "../../../host/loadtest/results/record.js";
import { generatePicture } from "./generate-picture.js";

/** How one save of a made-up run went. */
export interface MadeUpSave {
    file: string;
    verdict: Verdict;
    player: string;
    location: string;
    reasons: string[];
    /** Number of samples, at intervals of 0.1 s. */
    samples: number;
    /** Share of the pool, at the end. */
    peakShare: number;
    fallbackShare: number;
    loadSeconds: number | null;
    hasCallers: boolean;
}

const megabyte = 1_048_576;
const poolSize = 1024 * megabyte;
/** The made-up pools reserve in segments. */
const segment = 16 * megabyte;

export const run: RunRecord = {
    kind: "run",
    format: 1,
    poolnv: "0.1.0",
    started: "2026-11-25T22:04:00.000Z",
    program: "FalloutNV.exe",
    scenario: null,
    pool_size: poolSize,
    layers: ["crt", "gameheap"],
    soak_seconds: 100,
    session: false,
    shard: null,
    expectations: ['usage.below("90%")', "fallback.below(0.001)", "noCorruption()", "alive()"],
    saves: [],
};

/** Writes the results of a made-up run as `poolnv loadtest` would. */
export async function writeResults(
    file: string,
    saves: readonly MadeUpSave[],
    { facts = {}, isFinished = true }: { facts?: Partial<RunRecord>; isFinished?: boolean } = {},
): Promise<void> {
    const stream = createWriteStream(file);
    const write = async (record: ResultRecord) => {
        if (!stream.write(JSON.stringify(record) + "\n")) await once(stream, "drain");
    };
    await write({ ...run, saves: saves.map((save) => save.file), ...facts });
    let atMs = 2000;
    for (const [index, save] of saves.entries()) {
        for (const record of recordsOf(save, index, atMs)) await write(record);
        atMs += save.samples * 100 + 20_000;
    }
    if (isFinished) await write({ kind: "end", at_ms: atMs, reason: "finished" });
    stream.end();
    await once(stream, "finish");
}

function* recordsOf(made: MadeUpSave, save: number, atMs: number): Generator<ResultRecord> {
    const { file, verdict, player, location, reasons, loadSeconds, fallbackShare } = made;
    const isReadable = verdict !== "unreadable";
    const header = isReadable
        ? { player, level: 1 + (save % 50), location, play_time: "031.07.52", save_number: save + 1 }
        : null;
    yield { kind: "save", save, file, at_ms: atMs, header, screenshot: isReadable ? generatePicture(save) : null };
    const event = (seconds: number, name: "launched" | "installed" | "loading" | "loaded", text: string) =>
        ({ kind: "event", save, at_ms: atMs + seconds * 1000, event: name, text }) as const;
    const endMs = atMs + 12_000 + made.samples * 100;
    if (isReadable) {
        yield event(1, "launched", "pid 4711");
        yield event(2, "installed", "1024 MB, recycle, layers: crt, gameheap");
        yield event(3, "loading", file);
        if (loadSeconds !== null) yield event(3 + Math.round(loadSeconds), "loaded", file);
        yield* samplesOf(made, save, atMs + 3000);
    }
    if (verdict === "crashed" || verdict === "hung") {
        yield { kind: "event", save, at_ms: endMs, event: verdict, text: reasons[0] ?? "" };
    }
    if (made.hasCallers) yield { kind: "callers", save, callers: callers() };
    const exit = {
        code: 0xc0000005,
        signal: null,
        exception: "0xC0000005 (access violation)",
        address: "0x00ECD1C7",
        module: "FalloutNV.exe",
    };
    yield {
        kind: "verdict",
        save,
        at_ms: endMs,
        verdict,
        reasons,
        peak_used: made.samples === 0 ? 0 : Math.round(made.peakShare * poolSize),
        fallback_share: fallbackShare,
        load_seconds: loadSeconds,
        exit: verdict === "crashed" ? exit : null,
    };
}

/** Usage climbs as a game's does when it loads, then goes up and down. */
function* samplesOf(made: MadeUpSave, save: number, atMs: number): Generator<ResultRecord> {
    const random = xoroshiro128plus(save);
    const peak = Math.round(made.peakShare * poolSize);
    let [highest, committed, allocs, hole] = [0, 0, 0, 900 * megabyte];
    for (let index = 0; index < made.samples; index++) {
        const part = index / made.samples;
        const goal = peak * (1 - Math.exp(-8 * part)) * (0.97 + 0.03 * Math.sin(index / 25));
        const isPeak = index === Math.floor(made.samples * 0.7);
        const used = isPeak ? peak : Math.min(peak, Math.round(goal + upTo(random, peak / 50)));
        highest = Math.max(highest, used);
        committed = Math.max(committed, Math.ceil(used / (4 * megabyte)) * 4 * megabyte);
        allocs += 20_000 + upTo(random, 30_000);
        const fallbacks = Math.round(allocs * made.fallbackShare * Math.max(0, part - 0.3) * 1.4);
        hole = Math.max(16 * megabyte, hole - (upTo(random, 100) < 3 ? upTo(random, 6 * megabyte) : 0));
        const statistics = {
            active: 1 as const,
            strategy: "recycle" as const,
            layers: ["crt" as const, "gameheap" as const],
            pool_size: Math.min(poolSize, segment * Math.ceil(committed / segment)),
            pool_limit: poolSize,
            committed,
            current_used: used,
            peak_used: highest,
            pool_allocs: allocs,
            fallback_allocs: fallbacks,
            total_frees: Math.round(allocs * 0.9),
            pool_frees_ignored: 0,
            reallocs: Math.round(allocs * 0.1),
            foreign_frees: 12,
            corrupt_headers: 0,
            stray_pointers: 0,
            double_frees: 0,
            by_layer: {},
            address_space: {
                total: 4096 * megabyte,
                free: hole + 300 * megabyte,
                largest_hole: hole,
                is_lower_bound: true,
            },
        };
        const isLast = index === made.samples - 1;
        const at_ms = atMs + index * 100 + upTo(random, 5);
        yield {
            kind: "sample",
            save,
            at_ms,
            statistics: isLast ? { ...statistics, histogram: histogram(random) } : statistics,
        };
    }
}

function histogram(random: RandomGenerator) {
    return Array.from({ length: 60 }, (_, index) => {
        const max_size = 20 + 16 * index + (index > 30 ? (index - 30) * 128 : 0);
        const live = index % 11 === 7 ? 0 : Math.round((400_000 / (1 + index)) * (0.3 + upTo(random, 1000) / 1000));
        return { max_size, live, total: live * 9 };
    });
}

function callers() {
    const modules = ["FalloutNV.exe", "nvse_1_4.dll", "jip_nvse.dll", "johnnyguitar.dll"];
    return modules.flatMap((module, index) =>
        [1, 2, 3].map((number) => ({
            module,
            function: number === 2 ? null : `function_${number}`,
            offset: number === 2 ? 0x38e : 0,
            bytes: Math.round((90 * megabyte) / (number + 3 * index)),
            blocks: Math.round(200_000 / (number + 2 * index)),
        })),
    );
}

/** A whole number from 0 to one less than `most`. */
function upTo(random: RandomGenerator, most: number): number {
    return most < 1 ? 0 : uniformInt(random, 0, Math.floor(most) - 1);
}
