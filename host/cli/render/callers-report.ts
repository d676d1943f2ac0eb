import Table from "cli-table3";

import { printable } from "../../../shared/printable.js";
import type { CallerGroup } from "../../client/sampling/group-callers.js";
import type { TopCallers } from "../../client/sampling/top-callers.js";
import { megabytes } from "../../text/format.js";
import type { PoolFacts } from "../../client/pool-session.js";
import type { Output } from "../output.js";

/** Who asks for memory, for people: a table, and below it what it can't tell. */
export function printCallers(top: TopCallers, limit: number, facts: PoolFacts, output: Output): void {
    const { samples, oneIn, seconds } = top;
    const many = samples.toLocaleString("en");
    const each = oneIn === 1 ? "each call" : `one call in ${oneIn.toLocaleString("en")}`;
    output.print(
        `${printable(facts.program)} (pid ${facts.pid}): ${many} samples, ${each}, in ${seconds.toFixed(1)} s${ends[top.end]}.`,
    );
    if (samples === 0) output.print("Too few calls for a sample: take more time, or a smaller --one-in.");
    else output.print(...callersTable(top, limit), ...remarks(top, limit));
}

/** The same as one document. */
export function callersDocument(top: TopCallers, limit: number, { pid, program }: PoolFacts): object {
    return {
        pid,
        program,
        one_in: top.oneIn,
        seconds: top.seconds,
        ended: top.end,
        samples: top.samples,
        samples_unplaced: top.unplaced + top.notLocated,
        callers: top.callers.slice(0, limit).map((caller) => ({ ...caller, ...estimate(caller, top) })),
    };
}

const ends: Record<TopCallers["end"], string> = {
    enough: "",
    stopped: ", ended early",
    gone: ", then the program ended",
    ended_elsewhere: ", then another host ended the sampling",
};

/** What the samples of one caller stand for. */
function estimate({ samples, bytes }: CallerGroup, { samples: all, oneIn }: TopCallers) {
    const share = samples / all;
    return {
        calls: samples * oneIn,
        call_share: share,
        /** Of 100 times, the true share is within it 95 times. */
        call_share_error: 1.96 * Math.sqrt((share * (1 - share)) / all),
        bytes_asked: bytes * oneIn,
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

/** As a person writes it: `module!function`, or `module+0x1234` where nothing has a name. */
function callerName({ module, function: name, offset }: CallerGroup): string {
    if (module === null) return "(not known)";
    if (name !== null) return printable(`${module}!${name}`);
    return printable(offset === 0 ? module : `${module}+0x${offset.toString(16).toUpperCase()}`);
}

function remarks({ samples, unplaced, notLocated, callers }: TopCallers, limit: number): string[] {
    const share = (count: number): string => `${((100 * count) / samples).toFixed(1)} %`;
    const lines = ["Counted is what was asked for, not what is still held; in the order of the bytes."];
    if (callers.length > limit) lines.push(`${callers.length - limit} callers more: --limit ${callers.length}`);
    const others = unplaced + notLocated;
    if (others > 0) lines.push(`${share(others)} of the samples came in too many different ways to be told apart.`);
    return lines;
}
