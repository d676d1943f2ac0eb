import { UserError } from "../../host/errors.js";
import { peerNames } from "./allocators.js";
import type { BenchOptions } from "./bench-options.js";
import { type Platform, platformTitles } from "./platform.js";
import { prepareTarget } from "./prepare/prepare-target.js";
import { isMissing, type PreparedTarget } from "./prepared-target.js";
import type { BenchReport, LeftOut } from "./report.js";

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
        if (isMissing(prepared)) leftOut.push({ target, allocator: null, ...prepared });
        else targets.set(target, prepared);
    }
    const versions = [...targets].flatMap(([target, { peers }]) => readPeers(target, peers, options, leftOut));
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
        if (isMissing(peer)) leftOut.push({ target, allocator, ...peer });
        else versions.push({ target, allocator, version: peer.version });
    }
    return versions;
}

function sentence({ target, allocator, reason, resolution }: LeftOut): string {
    const who = allocator === null ? platformTitles[target] : `${allocator} (${platformTitles[target]})`;
    return `${who}: ${reason}. ${resolution}`;
}
