import { UserError } from "../../host/errors.js";
import type { BenchOptions } from "./bench-options.js";
import { peerNames } from "./contestants.js";
import type { BenchReport, LeftOut } from "./report.js";
import { type TargetName, targetTitles } from "./target-kind.js";
import { isMissing, openWorkshop, type PreparedTarget } from "./workshop.js";

/** What can be measured on this machine, and what can't. */
export interface PreparedTargets {
    readonly targets: Map<TargetName, PreparedTarget>;
    readonly leftOut: LeftOut[];
    readonly versions: BenchReport["versions"];
}

/**
 * Prepares every target that was asked for. What can't be had is left out, and told with its resolution.
 *
 * @throws UserError SETUP_FAILED when nothing is left
 */
export async function prepareTargets(
    options: BenchOptions,
    folder: string,
    { report, isInterrupted }: { report: (line: string) => void; isInterrupted: () => boolean },
): Promise<PreparedTargets> {
    const workshop = await openWorkshop();
    const targets = new Map<TargetName, PreparedTarget>();
    const leftOut: LeftOut[] = [];
    for (const target of options.targets) {
        if (isInterrupted()) break;
        const prepared = await workshop.prepare(target, options, folder, report);
        if (isMissing(prepared)) leftOut.push({ target, contestant: null, ...prepared });
        else targets.set(target, prepared);
    }
    const versions = [...targets].flatMap(([target, { peers }]) => readPeers(target, peers, options, leftOut));
    for (const left of leftOut) report(`left out: ${sentence(left)}`);
    if (targets.size > 0 || isInterrupted()) return { targets, leftOut, versions };
    const { reason, resolution } = leftOut[0]!;
    throw new UserError("SETUP_FAILED", `nothing can be measured here: ${reason}`, resolution);
}

function readPeers(
    target: TargetName,
    peers: PreparedTarget["peers"],
    { contestants }: BenchOptions,
    leftOut: LeftOut[],
): BenchReport["versions"] {
    const versions: BenchReport["versions"] = [];
    for (const contestant of peerNames.filter((name) => contestants.includes(name))) {
        const peer = peers.get(contestant);
        if (peer === undefined) continue;
        if (isMissing(peer)) leftOut.push({ target, contestant, ...peer });
        else versions.push({ target, contestant, version: peer.version });
    }
    return versions;
}

function sentence({ target, contestant, reason, resolution }: LeftOut): string {
    const who = contestant === null ? targetTitles[target] : `${contestant} (${targetTitles[target]})`;
    return `${who}: ${reason}. ${resolution}`;
}
