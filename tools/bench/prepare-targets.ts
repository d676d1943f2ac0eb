import { readFileSync } from "node:fs";
import { UserError } from "../../host/errors.js";
import { peerNames } from "./allocators.js";
import type { BenchOptions } from "./bench-options.js";
import { type Platform, platformTitles } from "./platform.js";
import { prepareTarget } from "./prepare/prepare-target.js";
import { isMissing, type Missing, type PreparedTarget } from "./prepared-target.js";
import type { BenchReport, LeftOut } from "./report.js";
import { workloads } from "./workloads.js";

/** The platforms that can be measured on this machine, and what was left out. */
export interface PreparedTargets {
    readonly targets: Map<Platform, PreparedTarget>;
    readonly leftOut: LeftOut[];
    readonly versions: BenchReport["versions"];
}

/**
 * Prepares every requested platform. What is not available is left out and reported with its resolution.
 *
 * @throws UserError SETUP_FAILED if nothing is left
 */
export async function prepareTargets(
    options: BenchOptions,
    folder: string,
    { report, isInterrupted }: { report: (line: string) => void; isInterrupted: () => boolean },
): Promise<PreparedTargets> {
    const targets = new Map<Platform, PreparedTarget>();
    const leftOut: LeftOut[] = [];
    for (const target of options.platforms) {
        if (isInterrupted()) break;
        const prepared = await prepareTarget(target, options, folder, report);
        if (isMissing(prepared)) leftOut.push({ target, allocator: null, workload: null, ...prepared });
        else targets.set(target, prepared);
    }
    const versions = [...targets].flatMap(([target, { peers }]) => readPeers(target, peers, options, leftOut));
    leftOut.push(...[...targets.keys()].flatMap((target) => withoutCounter(target, options)));
    for (const left of leftOut) report(`left out: ${sentence(left)}`);
    if (targets.size > 0 || isInterrupted()) return { targets, leftOut, versions };
    const { reason, resolution } = leftOut[0]!;
    throw new UserError("SETUP_FAILED", `nothing can be measured here: ${reason}`, resolution);
}

function readPeers(
    target: Platform,
    peers: PreparedTarget["peers"],
    { allocators }: BenchOptions,
    leftOut: LeftOut[],
): BenchReport["versions"] {
    const versions: BenchReport["versions"] = [];
    for (const allocator of peerNames.filter((name) => allocators.includes(name))) {
        const peer = peers.get(allocator);
        if (peer === undefined) continue;
        if (isMissing(peer)) leftOut.push({ target, allocator, workload: null, ...peer });
        else versions.push({ target, allocator, version: peer.version });
    }
    return versions;
}

/** The workloads that time single calls, if this processor's counter does not allow it. */
function withoutCounter(target: Platform, options: BenchOptions): LeftOut[] {
    const obstacle = whyNoCounter(readFileSync("/proc/cpuinfo", "utf8"));
    if (obstacle === null) return [];
    return workloads
        .filter(({ name, latencyOf }) => latencyOf !== null && options.workloads.includes(name))
        .map(({ name }) => ({ target, allocator: null, workload: name, ...obstacle }));
}

/** Why the processor of such a `/proc/cpuinfo` can't time single calls, or null. */
export function whyNoCounter(cpuinfo: string): Missing | null {
    const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/) ?? [];
    const absent = ["constant_tsc", "nonstop_tsc", "rdtscp"].filter((flag) => !flags.includes(flag));
    if (absent.length === 0) return null;
    return {
        reason: `the processor has no time-stamp counter of constant rate (${absent.join(", ")} in /proc/cpuinfo)`,
        resolution: "run it on a processor that has one; a virtual machine can hide it",
    };
}

function sentence({ target, allocator, workload, reason, resolution }: LeftOut): string {
    const what = [allocator, workload].filter((name) => name !== null).join(" on ");
    return `${what === "" ? platformTitles[target] : `${what} (${platformTitles[target]})`}: ${reason}. ${resolution}`;
}
