import type { PrepareReport, PrepareRequest } from "../../shared/protocol.js";
import { findPool, type ControlBlock } from "../process/control-block.js";
import { openLog } from "../process/log.js";
import { Refusal } from "../refusal.js";
import { system } from "../process/system/index.js";
import { writeArmPlan } from "./patch-plan.js";
import { compileArm, compilePool, type CompiledPool } from "./compile.js";
import { chooseLogFile } from "./log-place.js";
import { chooseSegments, type Region, reserveMetadata, reserveRegion } from "./region.js";
import { findFunctions, type FoundFunctions } from "./find-functions.js";
import { buildSites } from "./hook-site.js";
import { takeCacheSlot } from "./cache-slot.js";
import { answer } from "../requests/dispatch.js";
import { openMailbox } from "../requests/mailbox.js";
import { watchAddressSpace } from "../monitors/address-space.js";
import { endUnreadSampling } from "../monitors/sampling.js";
import { watchFallbacks } from "../monitors/fallbacks.js";
import { trimWhenIdle } from "../monitors/idle-trim.js";

/** Whatever must never be collected: compiled modules, trampolines, the plan. They live as long as the program. */
const kept: unknown[] = [];

/** What was prepared, until it is certain to stay. */
let prepared: ControlBlock | null = null;

/** To be called when this script goes, and the pool's code with it: a pool that nothing leads to is taken for none. */
export function forgetPrepared(): void {
    if (prepared?.isArmed() === false) prepared.disown();
}

/**
 * Prepares everything that arming needs, up to the last byte of the patch, and changes nothing that the program runs.
 *
 * @throws Refusal when the process can't be served, or is already
 */
export async function prepare(request: PrepareRequest): Promise<PrepareReport> {
    if (findPool() !== null) throw new Refusal("ALREADY_INSTALLED", "this program already has a pool");
    const logFile = chooseLogFile(request.logFile);
    const log = openLog(logFile);
    try {
        const found = await findOnceUnpacked(request);
        return prepareLogged(request, found, logFile, log);
    } catch (error) {
        log(`refused: ${error instanceof Error ? error.message : String(error)}`);
        throw error;
    }
}

/** How often we look whether a protected program has unpacked its code, in milliseconds. */
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

function prepareLogged(
    request: PrepareRequest,
    found: FoundFunctions,
    logFile: string | null,
    log: (line: string) => void,
): PrepareReport {
    const { isFree } = system();
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
        control.disown(); // what is half made must not be taken for a pool
        throw error;
    }
}

function build(
    request: PrepareRequest,
    { found: { runtimes, layers, game }, region, stepDown, control }: Parts,
    logFile: string | null,
    log: (line: string) => void,
): PrepareReport {
    const slot = takeCacheSlot();
    const hotPath = request.tuning.quarantineBytes === 0;

    const compiled = runtimes.map((runtime) => {
        const built = buildSites(runtime);
        const originals = game?.withoutHeaps?.originals(built.originals) ?? built.originals;
        const pool = compilePool({ control, region, runtime, originals, slot, hotPath });
        const sites = built.sites.map((site) => ({ ...site, replacement: pool.entry(site.replacedBy) }));
        kept.push(built.memory, pool);
        return { pool, sites, seal: built.seal };
    });
    const { pool } = compiled[0]!;
    startPool(pool, control);
    slot?.lead(pool.function("pool_thread_exit"));
    const plan = writeArmPlan(
        compiled.flatMap(({ sites }) => sites),
        game?.patches,
    );
    for (const { seal } of compiled) seal();
    const arm = compileArm(control, plan.address);
    if (game !== null && game.desk !== null) control.setFunction("desk", pool.function("game_desk"));
    kept.push(plan.memory, arm, slot, game);
    control.setFunction("arm", arm.address);
    const mailbox = openMailbox(answer);
    kept.push(mailbox);
    control.setMailbox(mailbox);
    prepared = control;
    control.setStage("prepared");

    const functions = runtimes.map(({ module, functions }) => `${module.name}: ${[...functions.keys()].join(" ")}`);
    log(
        `prepared: pool of ${megabytes(region.bytes)} at ${region.base.toString()}${region.isSegmented ? " in segments as needed" : ""}, strategy ${request.strategy}, layers ${layers.join(", ")}`,
    );
    if (game !== null) log(`game: ${game.profile}, every function as expected`);
    if (game !== null && game.patches.length > 0)
        log(`the game's own heaps are turned off: ${game.patches.length} more places are changed`);
    if (game?.desk === null && request.gameConsole)
        log("warning: another mod has hooked the game's frame, so that no line can be run on its console");
    for (const line of functions) log(`functions of ${line}`);
    if (request.reserve === "segments" && !region.isSegmented)
        log("warning: segments are for 32-bit Windows programs; the pool's address space is reserved as a whole");
    if (stepDown !== null) log(`warning: ${stepDown}`);
    if (slot === null) log("warning: threads share one cache, because the system has no quick slot left for theirs");
    watchFallbacks(control, region.bytes, log);
    watchAddressSpace(control, log);
    endUnreadSampling(pool.function("pool_callers_tick"), log);
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

/** The state is shared: one instance of the C sets it up and answers the console for all. */
function startPool(pool: CompiledPool, control: ControlBlock): void {
    const status = new NativeFunction(pool.function("pool_init"), "int", [])();
    if (status !== 0) throw new Refusal("NO_ROOM", `the pool could not be set up (status ${status})`);
    control.setFunction("snapshot", pool.function("pool_snapshot"));
    control.setFunction("set_active", pool.function("pool_set_active"));
    control.setFunction("reset", pool.function("pool_reset"));
    control.setFunction("sample_callers", pool.function("pool_callers_start"));
    control.setFunction("callers", pool.function("pool_callers_read"));
    system().registerForkHandlers(
        pool.function("pool_fork_prepare"),
        pool.function("pool_fork_parent"),
        pool.function("pool_fork_child"),
    );
}

function megabytes(bytes: number): string {
    return `${Math.round(bytes / 1048576)} MB`;
}
