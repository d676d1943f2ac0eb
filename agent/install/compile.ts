import { armSource } from "../generated/arm-source.js";
import { poolSource } from "../generated/pool-source.js";
import type { ControlBlock } from "../process/control-block.js";
import { system } from "../process/system/index.js";
import type { CacheSlot } from "./cache-slot.js";
import type { Region } from "./region.js";
import type { Runtime } from "./find-runtimes.js";

/** The pool's C, compiled for one C runtime. All of them share the state in the metadata. Keep `module`. */
export interface CompiledPool {
    module: CModule;
    /** Entry point that replaces a function of the runtime. */
    entry: (name: string) => NativePointer;
    function: (name: string) => NativePointer;
}

/** Every address becomes an immediate in the machine code, which is why the C is compiled here and not shipped. */
export function compilePool(parts: {
    control: ControlBlock;
    region: Region;
    runtime: Runtime;
    originals: Map<string, NativePointer>;
    slot: CacheSlot | null;
    /** False where the C alone can do what is asked. */
    hotPath: boolean;
}): CompiledPool {
    const { control, region, runtime, originals, slot, hotPath } = parts;
    const errno = runtime.module.findExportByName("_errno");
    const module = compile(poolSource, {
        POOLNV_CONTROL: control.base,
        POOLNV_REGION: region.base,
        POOLNV_REGION_BYTES: ptr(region.bytes),
        ...system().poolImports(),
        ...slot?.imports,
        ...(region.isSegmented ? { POOLNV_SEGMENTED: ptr(1) } : {}),
        ...(hotPath ? {} : { POOLNV_NO_HOT_PATH: ptr(1) }),
        ...(errno === null ? {} : { POOLNV_ERRNO: errno }),
        ...runtime.imports,
        ...Object.fromEntries(runtime.family.map((name) => [`ORIGINAL_${name}`, originals.get(name) ?? NULL])),
    });
    const find = (name: string): NativePointer => {
        const symbols = module as unknown as Record<string, NativePointer | undefined>;
        const address = symbols[name] ?? symbols[`_${name}@4`]; // stdcall with one argument
        if (address === undefined) throw new Error(`the C of the pool has no ${name}`);
        return address;
    };
    return { module, entry: (name) => find(`replace_${name}`), function: find };
}

/** The C that stops the threads and writes the patch. Keep `module`. */
export function compileArm(control: ControlBlock, plan: NativePointer): { module: CModule; address: NativePointer } {
    const taskFolder = `#define POOLNV_TASK_FOLDER "/proc/${Process.id}/task"\n`;
    const imports = { POOLNV_CONTROL: control.base, POOLNV_ARM_PLAN: plan, ...system().armImports() };
    const module = compile(taskFolder + armSource, imports);
    return { module, address: (module as unknown as { pool_arm: NativePointer }).pool_arm };
}

function compile(source: string, addresses: Record<string, NativePointer>): CModule {
    const defines = Object.entries(addresses).map(([name, address]) => `#define ${name} ${address.toString()}`);
    const flavour = system().name === "windows" ? "#define POOLNV_WINDOWS 1" : "#define POOLNV_LINUX 1";
    return new CModule([flavour, ...defines, source].join("\n"), {}, { toolchain: "internal" });
}
