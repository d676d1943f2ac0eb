import { patchStatus } from "../../shared/layout.js";
import type { PatchReport, PrepareReport, PrepareRequest } from "../../shared/protocol/install.js";
import { type ControlBlock, findPool } from "../process/control-block.js";
import { patchFailure } from "../process/patch-failure.js";
import { platform } from "../process/platform/index.js";
import { Refusal } from "../refusal.js";
import { allocateCacheSlot } from "./cache-slot.js";
import { type CompiledPatch, type CompiledPool, compilePatch, compilePool } from "./compile.js";
import { findFunctions, type FoundFunctions } from "./find-functions.js";
import { hasForkFunctions } from "./fork-functions.js";
import { buildSites } from "./hook-site.js";
import { chooseLogFile } from "./log-place.js";
import { writePatchPlan } from "./patch-plan.js";
import { preparedLines, prepareReport } from "./prepare-report.js";
import { allocateMetadata, chooseSegments, type Region, reserveRegion } from "./region.js";
import { emptyMailbox, Resident } from "./resident.js";
import { Taken } from "./taken.js";

/** What this script has taken from the program and may still give back; null before, and once the hooks are written. */
let installation: Installation | null = null;

interface Installation {
    /** Given back first: the thread, the pool's memory, what the system calls. */
    taken: Taken;
    /** Control block, tables and code, to which a thread may refer until then. */
    tables: Taken;
    /** Once it is prepared. */
    prepared: Prepared | null;
}

interface Prepared {
    control: ControlBlock;
    patch: CompiledPatch;
    resident: Resident;
    /** Gives up what was prepared. */
    deadline: ReturnType<typeof setTimeout>;
}

/**
 * How long a prepared pool waits for its hooks, in milliseconds; they follow at once. If the worker was killed, Frida's
 * helper for 32-bit programs may live on, and this script with it.
 */
const unhookedMs = 10_000;

/**
 * Gives back everything that was taken, and leaves no thread. Does nothing once the hooks are written, or while they are
 * being written: the resident completes that without this script.
 */
export function giveBackPrepared(): void {
    if (installation === null) return;
    const { taken, tables, prepared } = installation;
    installation = null;
    if (prepared !== null) clearTimeout(prepared.deadline);
    if (prepared !== null && new NativeFunction(prepared.patch.giveUp, "int", [])() === 0) return;
    taken.giveBack();
    tables.giveBack();
}

/**
 * Prepares everything that writing the hooks needs, up to the last byte, and rehearses it. Changes no code of the program.
 * If it fails, everything that it took is given back.
 *
 * @throws Refusal ALREADY_INSTALLED, NO_KNOWN_RUNTIME, NO_ROOM, ... (`shared/protocol/errors.ts`)
 */
export async function prepare(request: PrepareRequest): Promise<PrepareReport> {
    if (findPool() !== null) throw new Refusal("ALREADY_INSTALLED", "this program already has a pool");
    const current = { taken: new Taken(), tables: new Taken(), prepared: null };
    installation = current;
    let resident: Resident | null = null;
    try {
        resident = new Resident(current.tables);
        const logFile = chooseLogFile(request.logFile, resident.setLogFile);
        const found = await findOnceUnpacked(request, current.tables);
        const parts = reserve(request, found, current, logFile);
        return build(request, { ...parts, resident }, current, logFile);
    } catch (error) {
        resident?.log(`refused: ${error instanceof Error ? error.message : String(error)}`);
        giveBackPrepared();
        throw error;
    }
}

/**
 * Has the hooks written that were prepared. If that fails, everything is given back.
 *
 * @throws Refusal THREADS_WOULD_NOT_STOP, SUSPENSION_DENIED, UNHOOKABLE
 */
export async function writeHooks(): Promise<PatchReport> {
    const prepared = installation?.prepared;
    if (prepared === null || prepared === undefined) throw new Error("nothing is prepared");
    const { control, resident, deadline } = prepared;
    clearTimeout(deadline);
    await resident.writeHooks();
    if (!control.isHooked()) {
        const failure = patchFailure(control.patchStatus() || patchStatus.notTried);
        resident.log(`refused: ${failure.message}`);
        giveBackPrepared();
        throw failure;
    }
    installation = null;
    resident.release();
    return control.patchMeasurements();
}

/** How often to check whether a protected program has unpacked its code, in milliseconds. */
const unpackingPollMs = 2;

async function findOnceUnpacked(request: PrepareRequest, taken: Taken): Promise<FoundFunctions> {
    const end = Date.now() + request.unpackingMs;
    for (;;) {
        try {
            return findFunctions(request, taken);
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

function reserve(
    request: PrepareRequest,
    found: FoundFunctions,
    { taken, tables }: Installation,
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
        game: found.game?.profile.id ?? null,
        logFile,
    });
    taken.add(() => control.disown()); // it must not be found any more
    return { found, region, stepDown, control };
}

function build(
    request: PrepareRequest,
    parts: Parts & { resident: Resident },
    current: Installation,
    logFile: string | null,
): PrepareReport {
    const { found, region, control, resident } = parts;
    const { runtimes, game } = found;
    const { taken, tables } = current;
    const slot = allocateCacheSlot(tables);
    const trampolines = new Map<string, NativePointer>();
    const compiled = runtimes.map((runtime) => {
        const fastPath = request.tuning.quarantineBytes === 0 && runtime.isCalledByProgram;
        const built = buildSites(runtime, trampolines, tables);
        const originals = game?.withoutHeaps?.originals(built.originals) ?? built.originals;
        const pool = compilePool({ control, region, runtime, originals, slot, fastPath, taken: tables });
        const sites = built.sites.map((site) => ({ ...site, replacement: pool.function(site.entry) }));
        const slots = runtime.heapSlots.map((slot) => ({ ...slot, replacement: pool.function(`import_${slot.name}`) }));
        return { runtime, pool, sites, slots, seal: built.seal };
    });
    const { pool } = compiled[0]!;
    startPool(pool, control, taken);
    slot?.setThreadExit(pool.function("pool_thread_exit"));
    const plan = writePatchPlan(
        compiled.flatMap(({ sites }) => sites),
        compiled.flatMap(({ slots }) => slots),
        game?.patches ?? [],
        tables,
    );
    for (const { seal } of compiled) seal();
    const patch = compilePatch(control, plan, tables);
    if (game !== null && game.mainThreadQueue !== null) {
        control.setFunction("main_thread", pool.function("main_thread_queue"));
    }
    rehearse(patch.rehearse);
    control.setFunction("write_hooks", patch.writeHooks);
    const mailboxFile = platform().makeMailboxFile(emptyMailbox());
    if (mailboxFile !== null) taken.add(mailboxFile.close);
    control.setMailbox(resident.mailbox, mailboxFile !== null);
    control.setFunction("start_resident", resident.startAddress);
    registerForkHandlers(pool, taken, hasForkFunctions(runtimes[0]!.functions));
    const { trimIdleSeconds } = request.tuning;
    resident.start(
        control,
        {
            trimIdleSeconds,
            samplerTick: pool.function("pool_sampler_tick"),
            game: game?.profile ?? null,
            mailboxFile,
        },
        taken,
    );
    for (const { module } of runtimes) platform().keepLoaded(module); // last, because it can't be taken back
    current.prepared = { control, patch, resident, deadline: setTimeout(giveBackPrepared, unhookedMs) };
    control.setStage("prepared");

    const outcome = {
        ...parts,
        compiled,
        logFile,
        hasMailboxFile: mailboxFile !== null,
        hasCacheSlot: slot !== null,
    };
    const report = prepareReport(request, outcome);
    for (const line of preparedLines(request, outcome, report)) resident.log(line);
    return report;
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
