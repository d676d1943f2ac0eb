import { bytesPerMb } from "../../shared/bytes.js";
import type { PrepareReport, PrepareRequest, RuntimeReport } from "../../shared/protocol/install.js";
import { platform } from "../process/platform/index.js";
import type { FoundFunctions } from "./find-functions.js";
import type { Runtime } from "./find-runtimes.js";
import type { Site } from "./hook-site.js";
import type { Region } from "./region.js";

/** A pool that is prepared, as far as the host and the log learn of it. */
export interface PreparedPool {
    found: FoundFunctions;
    region: Region;
    /** Why the region is smaller than requested, as a sentence; or null. */
    stepDown: string | null;
    /** Every C runtime with the sites in it, also those of functions that are of no allocation family. */
    compiled: readonly { runtime: Runtime; sites: readonly Site[] }[];
    logFile: string | null;
    /** Whether hosts reach the pool through a file. */
    hasMailboxFile: boolean;
    /** Whether each thread has a cache of its own. */
    hasCacheSlot: boolean;
}

/** What the host learns of a prepared pool. */
export function prepareReport(
    request: PrepareRequest,
    { found, region, stepDown, compiled, logFile }: PreparedPool,
): PrepareReport {
    return {
        poolBytes: region.bytes,
        requestedBytes: request.poolBytes,
        stepDown,
        runtimes: hookedByModule(compiled),
        patches: found.game?.patches.length ?? 0,
        logFile,
    };
}

/** What the log says about a prepared pool. */
export function preparedLines(request: PrepareRequest, pool: PreparedPool, report: PrepareReport): string[] {
    const { runtimes, layers, game } = pool.found;
    const { base, bytes, isSegmented } = pool.region;
    const size = `${Math.round(bytes / bytesPerMb)} MB`;
    const lines = [
        `prepared: pool of ${size} at ${base.toString()}${isSegmented ? " in segments as needed" : ""}, strategy ${request.strategy}, layers ${layers.join(", ")}`,
    ];
    if (game !== null) lines.push(`game: ${game.profile.id}, all fingerprints match`);
    if (report.patches > 0) lines.push(`the game's own heaps are turned off by ${report.patches} patches`);
    if (game?.mainThreadQueue === null && request.gameConsole) {
        lines.push("warning: another mod has hooked the game's frame function: no line can be run on its console");
    }
    for (const { module, functions } of report.runtimes) {
        lines.push(`functions of ${module}: ${functions.join(" ")}`);
    }
    for (const { module, heapSlots } of runtimes) {
        if (heapSlots.length === 0) continue;
        lines.push(`imports of ${module.name} from the system's heap: ${heapSlots.map(({ name }) => name).join(" ")}`);
    }
    if (request.reserve === "segments" && !isSegmented) {
        lines.push("warning: segments are for 32-bit Windows programs; the pool's address space is reserved whole");
    }
    if (pool.stepDown !== null) lines.push(`warning: ${pool.stepDown}`);
    if (!pool.hasMailboxFile && platform().name === "windows") {
        lines.push(
            "warning: no mailbox file in the user's local folder: each command injects an agent, which takes seconds",
        );
    }
    if (!pool.hasCacheSlot) {
        lines.push("warning: threads share one cache, because the system has no thread-local slot left");
    }
    return lines;
}

/** The functions of allocation families for which sites were built, by the module in which they are. */
function hookedByModule(compiled: PreparedPool["compiled"]): RuntimeReport[] {
    const reports = new Map<string, RuntimeReport>();
    for (const { runtime, sites } of compiled) {
        for (const { name, address } of sites) {
            if (!runtime.family.includes(name)) continue;
            const module = Process.findModuleByAddress(address)?.name ?? runtime.module.name;
            const report = reports.get(module) ?? { module, profile: runtime.profile, functions: [] };
            report.functions.push(name);
            reports.set(module, report);
        }
    }
    return [...reports.values()];
}
