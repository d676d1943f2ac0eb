import { bytesPerMb } from "../../shared/bytes.js";
import { patchStatus } from "../../shared/layout.js";
import type { PrepareReport, PrepareRequest } from "../../shared/protocol/install.js";
import { stopUnreadSampler, trimWhenIdle, watchAddressSpace, watchFallbacks } from "../monitors.js";
import { type ControlBlock, findPool } from "../process/control-block.js";
import { type Log, openLog } from "../process/log.js";
import { patchFailure } from "../process/patch-failure.js";
import { platform } from "../process/platform/index.js";
import { Refusal } from "../refusal.js";
import { answer } from "../requests/dispatch.js";
import { openMailbox } from "../requests/mailbox.js";
import { allocateCacheSlot } from "./cache-slot.js";
import { type CompiledPool, compilePatch, compilePool } from "./compile.js";
import { findFunctions, type FoundFunctions } from "./find-functions.js";
import type { Runtime } from "./find-runtimes.js";
import { hasForkFunctions } from "./fork-functions.js";
import { buildSites, type Site } from "./hook-site.js";
import { chooseLogFile } from "./log-place.js";
import { writePatchPlan } from "./patch-plan.js";
import { allocateMetadata, chooseSegments, type Region, reserveRegion } from "./region.js";
import { Taken } from "./taken.js";

/** Objects that must never be collected: trampolines, the plan, the mailbox. The program uses them until its end. */
const retained: unknown[] = [];

/** The pool that was prepared and may still be given up, or null. */
let prepared: Prepared | null = null;

interface Prepared {
    /** False if the hooks are written, or are being written at this moment; else they can't be written any more. */
    giveUp: () => boolean;
    taken: Taken;
    /** Control block, tables and code, to which a session that found the pool may still refer. */
    tables: Taken;
}

/** Called when this script is unloaded, with the pool's code: everything is given back. */
export function giveBackPrepared(): void {
    if (prepared?.giveUp() !== true) return;
    prepared.taken.giveBack();
    prepared.tables.giveBack();
    prepared = null;
}

/** How long a prepared pool waits for its hooks, in milliseconds. */
const unhookedMs = 30_000;

/** Its host may have died, or failed to write the hooks: this script stays, but keeps no address space. */
function giveBackIfUnhooked(log: Log): void {
    if (prepared?.giveUp() !== true) return;
    prepared.taken.giveBack();
    prepared = null;
    log(`given up: the hooks were not written within ${unhookedMs / 1000} s; the memory of the pool was given back`);
}

/**
 * Prepares everything that writing the hooks needs, up to the last byte, and rehearses it. Changes no code of the program.
 * If it fails, everything that it took is given back.
 *
 * @throws Refusal ALREADY_INSTALLED, NO_KNOWN_RUNTIME, NO_ROOM, ... (`shared/protocol/errors.ts`)
 */
export async function prepare(request: PrepareRequest): Promise<PrepareReport> {
    if (findPool() !== null) throw new Refusal("ALREADY_INSTALLED", "this program already has a pool");
    const logFile = chooseLogFile(request.logFile);
    const log = openLog(logFile);
    const [taken, tables] = [new Taken(), new Taken()];
    try {
        const found = await findOnceUnpacked(request);
        const parts = reserve(request, found, taken, tables, logFile);
        return build(request, parts, logFile, log);
    } catch (error) {
        taken.giveBack();
        tables.giveBack();
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
    taken: Taken;
    tables: Taken;
}

function reserve(
    request: PrepareRequest,
    found: FoundFunctions,
    taken: Taken,
    tables: Taken,
    logFile: string | null,
): Parts {
    const { isFree } = platform();
    const { region, stepDown } =
        request.reserve === "segments" && isFree !== null
            ? chooseSegments(request.poolBytes, isFree)
            : reserveRegion(request.poolBytes, found.game !== null);
    if (!region.isSegmented) taken.add(() => platform().release(region.base, region.bytes));
    const { control, metadataBytes } = allocateMetadata(region.bytes);
    tables.add(() => platform().free(control.base, metadataBytes));
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
    taken.add(() => control.disown()); // it must not be found any more
    return { found, region, stepDown, control, taken, tables };
}

function build(
    request: PrepareRequest,
    { found: { runtimes, layers, game }, region, stepDown, control, taken, tables }: Parts,
    logFile: string | null,
    log: Log,
): PrepareReport {
    const slot = allocateCacheSlot();
    if (slot !== null) taken.add(slot.free);
    const trampolines = new Map<string, NativePointer>();
    const compiled = runtimes.map((runtime) => {
        const fastPath = request.tuning.quarantineBytes === 0 && runtime.isCalledByProgram;
        const built = buildSites(runtime, trampolines);
        const originals = game?.withoutHeaps?.originals(built.originals) ?? built.originals;
        const pool = compilePool({ control, region, runtime, originals, slot, fastPath, taken: tables });
        const sites = built.sites.map((site) => ({ ...site, replacement: pool.function(site.entry) }));
        const slots = runtime.heapSlots.map((slot) => ({ ...slot, replacement: pool.function(`import_${slot.name}`) }));
        retained.push(built.memory);
        return { runtime, pool, sites, slots, seal: built.seal };
    });
    const { pool } = compiled[0]!;
    startPool(pool, control, taken);
    slot?.setThreadExit(pool.function("pool_thread_exit"));
    const plan = writePatchPlan(
        compiled.flatMap(({ sites }) => sites),
        compiled.flatMap(({ slots }) => slots),
        game?.patches,
    );
    for (const { seal } of compiled) seal();
    const patch = compilePatch(control, plan.address, tables);
    if (game !== null && game.mainThreadQueue !== null) {
        control.setFunction("main_thread", pool.function("main_thread_queue"));
    }
    retained.push(plan.memory, slot, game);
    rehearse(patch.rehearse);
    control.setFunction("write_hooks", patch.writeHooks);
    const mailbox = openMailbox(answer);
    taken.add(() => mailbox.close());
    retained.push(mailbox);
    control.setMailbox(mailbox.memory);
    registerForkHandlers(pool, taken, hasForkFunctions(runtimes[0]!.functions));
    for (const { module } of runtimes) platform().keepLoaded(module); // last, because it can't be taken back
    const giveUp = new NativeFunction(patch.giveUp, "int", []);
    prepared = { giveUp: () => giveUp() !== 0, taken, tables };
    control.setStage("prepared");
    taken.every(() => giveBackIfUnhooked(log), unhookedMs);

    const hooked = hookedByModule(compiled);
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
    for (const { module, functions } of hooked) log(`functions of ${module}: ${functions.join(" ")}`);
    for (const { module, heapSlots } of runtimes) {
        if (heapSlots.length === 0) continue;
        log(`imports of ${module.name} from the system's heap: ${heapSlots.map(({ name }) => name).join(" ")}`);
    }
    if (request.reserve === "segments" && !region.isSegmented) {
        log("warning: segments are for 32-bit Windows programs; the pool's address space is reserved whole");
    }
    if (stepDown !== null) log(`warning: ${stepDown}`);
    if (!mailbox.inFile && platform().name === "windows") {
        log("warning: no mailbox file in the user's local folder: each command injects an agent, which takes seconds");
    }
    if (slot === null) log("warning: threads share one cache, because the system has no thread-local slot left");
    watchFallbacks(control, region.bytes, log, taken);
    watchAddressSpace(control, log, taken);
    stopUnreadSampler(pool.function("pool_sampler_tick"), log, taken);
    trimWhenIdle(control, request.tuning.trimIdleSeconds, log, taken);
    return {
        poolBytes: region.bytes,
        requestedBytes: request.poolBytes,
        stepDown,
        runtimes: hooked,
        patches: game?.patches.length ?? 0,
        logFile,
    };
}

/** The functions of allocation families for which sites were built, by the module in which they are. */
function hookedByModule(compiled: readonly { runtime: Runtime; sites: readonly Site[] }[]): PrepareReport["runtimes"] {
    const reports = new Map<string, PrepareReport["runtimes"][number]>();
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

/** All copies of the C share the state: one of them initialises it and answers the requests. */
function startPool(pool: CompiledPool, control: ControlBlock, taken: Taken): void {
    const giveBack = new NativeFunction(pool.function("pool_give_back"), "void", []);
    taken.add(() => giveBack());
    const status = new NativeFunction(pool.function("pool_init"), "int", [])();
    if (status !== 0) throw new Refusal("NO_ROOM", `the pool could not be set up (status ${status})`);
    control.setFunction("snapshot", pool.function("pool_snapshot"));
    control.setFunction("set_active", pool.function("pool_set_active"));
    control.setFunction("reset", pool.function("pool_reset"));
    control.setFunction("sampler_start", pool.function("pool_sampler_start"));
    control.setFunction("sampler_read", pool.function("pool_sampler_read"));
}

/** What the system refuses is known while this script, with everything that it took, can still be unloaded. */
function rehearse(rehearsal: NativePointer): void {
    const status = new NativeFunction(rehearsal, "int", [])();
    if (status !== patchStatus.done) throw patchFailure(status);
}

/** @param hooksFork whether hooks take the locks instead, see `fork-functions.ts` */
function registerForkHandlers(pool: CompiledPool, taken: Taken, hooksFork: boolean): void {
    const unregister = platform().registerForkHandlers(
        hooksFork ? NULL : pool.function("pool_fork_prepare"),
        hooksFork ? NULL : pool.function("pool_fork_parent"),
        pool.function("pool_fork_child"),
    );
    taken.add(unregister);
}

function megabytes(bytes: number): string {
    return `${Math.round(bytes / bytesPerMb)} MB`;
}
