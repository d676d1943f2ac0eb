import { patchSource } from "../generated/patch-source.js";
import { poolSource } from "../generated/pool-source.js";
import { residentSource } from "../generated/resident-source.js";
import type { ControlBlock } from "../process/control-block.js";
import { platform } from "../process/platform/index.js";
import type { CacheSlot } from "./cache-slot.js";
import { type CodeImage, compileImage } from "./code-image.js";
import type { Runtime } from "./find-runtimes.js";
import { forkFunctionNames } from "./fork-functions.js";
import { heapOriginals } from "./heap-slots.js";
import type { Region } from "./region.js";
import type { Taken } from "./taken.js";

/** The pool's C, compiled for one C runtime. All copies share the state in the metadata. */
export interface CompiledPool {
    function: (name: string) => NativePointer;
}

/** Compiled in the program, so that every address is an immediate in the machine code. */
export function compilePool(parts: {
    control: ControlBlock;
    region: Region;
    runtime: Runtime;
    originals: Map<string, NativePointer>;
    slot: CacheSlot | null;
    /** False if the options need the slow path, which is in C. */
    fastPath: boolean;
    taken: Taken;
}): CompiledPool {
    const { control, region, runtime, originals, slot, fastPath, taken } = parts;
    const errno = runtime.module.findExportByName("_errno");
    const code = compile(poolSource, {
        POOLNV_CONTROL: control.base,
        POOLNV_REGION: region.base,
        POOLNV_REGION_BYTES: ptr(region.bytes),
        ...platform().poolImports(),
        ...slot?.imports,
        ...(region.isSegmented ? { POOLNV_SEGMENTED: ptr(1) } : {}),
        ...(fastPath ? {} : { POOLNV_NO_FAST_PATH: ptr(1) }),
        ...(errno === null ? {} : { POOLNV_ERRNO: errno }),
        ...runtime.imports,
        ...heapOriginals(runtime.heapSlots),
        ...Object.fromEntries(runtime.family.map((name) => [`ORIGINAL_${name}`, originals.get(name) ?? NULL])),
        ...Object.fromEntries(
            forkFunctionNames.flatMap((name) => {
                const original = originals.get(name);
                return original === undefined ? [] : [[`ORIGINAL_${name}`, original]];
            }),
        ),
    });
    taken.add(code.free);
    return { function: (name) => functionOf(code, name) };
}

/** The functions of `cmodule/patch/patch.h`, compiled. */
export interface CompiledPatch {
    writeHooks: NativePointer;
    rehearse: NativePointer;
    giveUp: NativePointer;
}

/** The C that suspends the threads and writes the hooks. */
export function compilePatch(control: ControlBlock, plan: NativePointer, taken: Taken): CompiledPatch {
    const taskFolder = `#define POOLNV_TASK_FOLDER "/proc/${Process.id}/task"\n`;
    const imports = { POOLNV_CONTROL: control.base, POOLNV_PATCH_PLAN: plan, ...platform().patchImports() };
    const code = compile(taskFolder + patchSource, imports);
    taken.add(code.free);
    return {
        writeHooks: functionOf(code, "pool_write_hooks"),
        rehearse: functionOf(code, "pool_rehearse_hooks"),
        giveUp: functionOf(code, "pool_give_up_hooks"),
    };
}

/** The functions of `cmodule/resident/resident.h`, compiled. */
export interface CompiledResident {
    start: NativePointer;
    join: NativePointer;
    release: NativePointer;
    log: NativePointer;
}

/** The C of the thread that stays. */
export function compileResident(resident: NativePointer, taken: Taken): CompiledResident {
    const code = compile(residentSource, { POOLNV_RESIDENT: resident, ...platform().residentImports() });
    taken.add(code.free);
    return {
        start: functionOf(code, "resident_start"),
        join: functionOf(code, "resident_join"),
        release: functionOf(code, "resident_release"),
        log: functionOf(code, "resident_log"),
    };
}

function compile(source: string, addresses: Record<string, NativePointer>): CodeImage {
    const defines = Object.entries(addresses).map(([name, address]) => `#define ${name} ${address.toString()}`);
    const define = platform().name === "windows" ? "#define POOLNV_WINDOWS 1" : "#define POOLNV_LINUX 1";
    return compileImage([define, ...defines, source].join("\n"));
}

function functionOf(code: CodeImage, name: string): NativePointer {
    const address = code.find(name);
    if (address === null) throw new Error(`the C of the pool has no ${name}`);
    return address;
}
