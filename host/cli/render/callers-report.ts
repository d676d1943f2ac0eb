import Table from "cli-table3";
import { megabytes } from "../../../shared/bytes.js";
import { printable } from "../../../shared/printable.js";
import type { PoolFacts } from "../../../shared/protocol/pool.js";
import type { CallerGroup } from "../../client/sampling/group-callers.js";
import type { TopCallers } from "../../client/sampling/top-callers.js";
import type { Output } from "../output.js";

/** Prints the callers as a table, and below it the limits of the sample. */
export function printCallers(top: TopCallers, limit: number, facts: PoolFacts, output: Output): void {
    const { samples, sampleInterval, seconds } = top;
    const count = samples.toLocaleString("en");
    const rate = sampleInterval === 1 ? "each call" : `one call in ${sampleInterval.toLocaleString("en")}`;
    output.print(
        `${printable(facts.program)} (pid ${facts.pid}): ${count} samples, ${rate}, in ${seconds.toFixed(1)} s${ends[top.end]}.`,
    );
    if (samples === 0) output.print("Too few calls for a sample: use a larger --seconds or a smaller --one-in.");
    else output.print(...callersTable(top, limit), ...remarks(top, limit));
}

/** The same as JSON. */
export function callersDocument(top: TopCallers, limit: number, { pid, program }: PoolFacts): object {
    return {
        pid,
        program,
        one_in: top.sampleInterval,
        seconds: top.seconds,
        ended: top.end,
        samples: top.samples,
        samples_unplaced: top.dropped + top.notSymbolized,
        callers: top.callers.slice(0, limit).map((caller) => ({ ...caller, ...estimate(caller, top) })),
    };
}

const ends: Record<TopCallers["end"], string> = {
    enough: "",
    stopped: ", ended early",
    gone: ", then the program ended",
    ended_elsewhere: ", then another host ended the sampling",
};

/** Extrapolates from the samples of one caller. */
function estimate({ samples, bytes }: CallerGroup, { samples: all, sampleInterval }: TopCallers) {
    const share = samples / all;
    return {
        calls: samples * sampleInterval,
        call_share: share,
        /** Half the width of the 95 % confidence interval. */
        call_share_error: 1.96 * Math.sqrt((share * (1 - share)) / all),
        bytes_asked: bytes * sampleInterval,
    };
}

function callersTable(top: TopCallers, limit: number): string[] {
    const table = new Table({
        head: ["caller", "of all calls", "calls/s", "MB/s", "bytes a call"],
        colAligns: ["left", "right", "right", "right", "right"],
        style: { head: [], border: [] },
    });
    for (const caller of top.callers.slice(0, limit)) {
        const { calls, call_share, call_share_error, bytes_asked } = estimate(caller, top);
        table.push([
            callerName(caller),
            `${(100 * call_share).toFixed(1)} % ± ${(100 * call_share_error).toFixed(1)}`,
            Math.round(calls / top.seconds).toLocaleString("en"),
            megabytes(bytes_asked / top.seconds),
            Math.round(caller.bytes / caller.samples).toLocaleString("en"),
        ]);
    }
    return table.toString().split("\n");
}

/** `module!function`, or `module+0x1234` if there is no symbol. */
function callerName({ module, function: name, offset }: CallerGroup): string {
    if (module === null) return "(unknown)";
    if (name !== null) return printable(`${module}!${name}`);
    return printable(offset === 0 ? module : `${module}+0x${offset.toString(16).toUpperCase()}`);
}

function remarks({ samples, dropped, notSymbolized, callers }: TopCallers, limit: number): string[] {
    const share = (count: number): string => `${((100 * count) / samples).toFixed(1)} %`;
    const lines = ["Counts requested memory, not what is still held; sorted by bytes."];
    if (callers.length > limit) lines.push(`${callers.length - limit} more callers: --limit ${callers.length}`);
    const others = dropped + notSymbolized;
    if (others > 0) lines.push(`${share(others)} of the samples were dropped: too many different call sites.`);
    return lines;
}
