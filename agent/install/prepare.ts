import { bytesPerMb } from "../../shared/bytes.js";
import type { PrepareReport, PrepareRequest } from "../../shared/protocol/install.js";
import { stopUnreadSampler, trimWhenIdle, watchAddressSpace, watchFallbacks } from "../monitors.js";
import { type ControlBlock, findPool } from "../process/control-block.js";
import { openLog } from "../process/log.js";
import { platform } from "../process/platform/index.js";
import { Refusal } from "../refusal.js";
import { answer } from "../requests/dispatch.js";
import { openMailbox } from "../requests/mailbox.js";
import { allocateCacheSlot } from "./cache-slot.js";
import { type CompiledPool, compilePatch, compilePool } from "./compile.js";
import { findFunctions, type FoundFunctions } from "./find-functions.js";
import { buildSites } from "./hook-site.js";
import { chooseLogFile } from "./log-place.js";
import { writePatchPlan } from "./patch-plan.js";
import { chooseSegments, type Region, reserveMetadata, reserveRegion } from "./region.js";

/** Objects that must never be collected: trampolines, the plan, the mailbox. The program uses them until its end. */
const retained: unknown[] = [];

/** The pool that was prepared, or null. */
let prepared: ControlBlock | null = null;

/** Called when this script is unloaded, with the pool's code: a pool without hooks must not be found again. */
export function forgetPrepared(): void {
    if (prepared?.isHooked() === false) prepared.disown();
}

/**
 * Prepares everything that writing the hooks needs, up to the last byte, and changes no code of the program.
 *
 * @throws Refusal ALREADY_INSTALLED, NO_KNOWN_RUNTIME, NO_ROOM, ... (`shared/protocol/errors.ts`)
 */
export async function prepare(request: PrepareRequest): Promise<PrepareReport> {
    if (findPool() !== null) throw new Refusal("ALREADY_INSTALLED", "this program already has a pool");
    const logFile = chooseLogFile(request.logFile);
    const log = openLog(logFile);
    try {
        const found = await findOnceUnpacked(request);
        return reserveAndBuild(request, found, logFile, log);
    } catch (error) {
        log(`refused: ${error instanceof Error ? error.message : String(error)}`);
        throw error;
    }
}

/** How often to check whether a protected program has unpacked its code, in milliseconds. */
const unpackingPollMs = 2;

async function findOnceUnpacked(request: PrepareRequest): Promise<FoundFunctions> {
    const end = Date.now() + request.unpackingMs;
    for (;;) {
        try {
            return findFunctions(request);
        } catch (error) {
            const isPacked = error instanceof Refusal && error.code === "GAME_PROTECTED";
            if (!isPacked || Date.now() >= end) throw error;
            await new Promise((resolve) => setTimeout(resolve, unpackingPollMs));
        }
    }
}

interface Parts {
    found: FoundFunctions;
    region: Region;
    stepDown: string | null;
    control: ControlBlock;
}

function reserveAndBuild(
    request: PrepareRequest,
    found: FoundFunctions,
    logFile: string | null,
    log: (line: string) => void,
): PrepareReport {
    const { isFree } = platform();
    const { region, stepDown } =
        request.reserve === "segments" && isFree !== null
            ? chooseSegments(request.poolBytes, isFree)
            : reserveRegion(request.poolBytes, found.game !== null);
    const { control, metadataBytes } = reserveMetadata(region.bytes);
    control.describe({
        metadataBytes,
        regionBase: region.base,
        regionBytes: region.bytes,
        requestedBytes: request.poolBytes,
        strategy: request.strategy,
        layers: found.layers,
        tuning: request.tuning,
        logFile,
    });
    try {
        return build(request, { found, region, stepDown, control }, logFile, log);
    } catch (error) {
        control.disown(); // an unfinished pool must not be found
        throw error;
    }
}

function build(
    request: PrepareRequest,
    { found: { runtimes, layers, game }, region, stepDown, control }: Parts,
    logFile: string | null,
    log: (line: string) => void,
): PrepareReport {
    const slot = allocateCacheSlot();
    const fastPath = request.tuning.quarantineBytes === 0;

    const compiled = runtimes.map((runtime) => {
        const built = buildSites(runtime);
        const originals = game?.withoutHeaps?.originals(built.originals) ?? built.originals;
        const pool = compilePool({ control, region, runtime, originals, slot, fastPath });
        const sites = built.sites.map((site) => ({ ...site, replacement: pool.entry(site.replacedBy) }));
        retained.push(built.memory);
        return { pool, sites, seal: built.seal };
    });
    const { pool } = compiled[0]!;
    startPool(pool, control);
    slot?.setThreadExit(pool.function("pool_thread_exit"));
    const plan = writePatchPlan(
        compiled.flatMap(({ sites }) => sites),
        game?.patches,
    );
    for (const { seal } of compiled) seal();
    const patch = compilePatch(control, plan.address);
    if (game !== null && game.mainThreadQueue !== null) {
        control.setFunction("main_thread", pool.function("main_thread_queue"));
    }
    retained.push(plan.memory, slot, game);
    control.setFunction("write_hooks", patch);
    const mailbox = openMailbox(answer);
    retained.push(mailbox);
    control.setMailbox(mailbox);
    prepared = control;
    control.setStage("prepared");

    const functions = runtimes.map(({ module, functions }) => `${module.name}: ${[...functions.keys()].join(" ")}`);
    log(
        `prepared: pool of ${megabytes(region.bytes)} at ${region.base.toString()}${region.isSegmented ? " in segments as needed" : ""}, strategy ${request.strategy}, layers ${layers.join(", ")}`,
    );
    if (game !== null) log(`game: ${game.profile}, all fingerprints match`);
    if (game !== null && game.patches.length > 0) {
        log(`the game's own heaps are turned off by ${game.patches.length} patches`);
    }
    if (game?.mainThreadQueue === null && request.gameConsole) {
        log("warning: another mod has hooked the game's frame function: no line can be run on its console");
    }
    for (const line of functions) log(`functions of ${line}`);
    if (request.reserve === "segments" && !region.isSegmented) {
        log("warning: segments are for 32-bit Windows programs; the pool's address space is reserved whole");
    }
    if (stepDown !== null) log(`warning: ${stepDown}`);
    if (slot === null) log("warning: threads share one cache, because the system has no thread-local slot left");
    watchFallbacks(control, region.bytes, log);
    watchAddressSpace(control, log);
    stopUnreadSampler(pool.function("pool_sampler_tick"), log);
    trimWhenIdle(control, request.tuning.trimIdleSeconds, log);
    return {
        poolBytes: region.bytes,
        requestedBytes: request.poolBytes,
        stepDown,
        runtimes: runtimes.map(({ module, profile, functions }) => ({
            module: module.name,
            profile,
            functions: [...functions.keys()],
        })),
        patches: game?.patches.length ?? 0,
        logFile,
    };
}

/** All copies of the C share the state: one of them initialises it and answers the requests. */
function startPool(pool: CompiledPool, control: ControlBlock): void {
    const status = new NativeFunction(pool.function("pool_init"), "int", [])();
    if (status !== 0) throw new Refusal("NO_ROOM", `the pool could not be set up (status ${status})`);
    control.setFunction("snapshot", pool.function("pool_snapshot"));
    control.setFunction("set_active", pool.function("pool_set_active"));
    control.setFunction("reset", pool.function("pool_reset"));
    control.setFunction("sampler_start", pool.function("pool_sampler_start"));
    control.setFunction("sampler_read", pool.function("pool_sampler_read"));
    platform().registerForkHandlers(
        pool.function("pool_fork_prepare"),
        pool.function("pool_fork_parent"),
        pool.function("pool_fork_child"),
    );
}

function megabytes(bytes: number): string {
    return `${Math.round(bytes / bytesPerMb)} MB`;
}
