import {
    controlBytes,
    controlLayout,
    controlMagic,
    controlVersion,
    layerBits,
    metadataBytes,
    regionAlignment,
    regionLimit,
    stages,
    strategies,
} from "../../shared/layout.js";
import type { Layer, Strategy } from "../../shared/protocol/install.js";
import { Refusal } from "../refusal.js";

type Field = keyof typeof controlLayout;
export type PoolFunction =
    | "snapshot"
    | "set_active"
    | "reset"
    | "write_hooks"
    | "main_thread"
    | "sampler_start"
    | "sampler_read"
    | "start_resident";

/** The validated fields of a control block. */
export interface ControlClaims {
    stage: keyof typeof stages;
    strategy: Strategy;
    layers: Layer[];
    regionBytes: number;
    requestedBytes: number;
    logFile: string | null;
    functions: ReadonlyMap<PoolFunction, NativePointer>;
}

/** Whether a control block begins here, by its magic number and its own address. False if it can't be read. */
export function looksLikeControl(base: NativePointer): boolean {
    try {
        return (
            base.add(controlLayout.magic.offset).readUtf8String(controlMagic.length) === controlMagic &&
            base.add(controlLayout.self.offset).readU64().equals(uint64(base.toString()))
        );
    } catch {
        return false;
    }
}

/**
 * Reads a block once, as a whole, and validates every field: the program may have forged it, and the functions that it
 * names will be called.
 *
 * @throws Refusal FOREIGN_VERSION, or FORGED_POOL with the reason
 */
export function readClaims(base: NativePointer): ControlClaims {
    const block = new CopiedBlock(base);
    const version = block.u32("version");
    if (version !== controlVersion) {
        throw new Refusal(
            "FOREIGN_VERSION",
            `the program already has a pool of format ${version}, this poolnv speaks format ${controlVersion}`,
        );
    }
    const regionBytes = block.u64("region_bytes");
    expect(block.u32("bytes") === controlBytes, "wrong length");
    expect(block.isOf(base), "wrong address of itself");
    expect(block.u32("pid") === Process.id, "wrong process id");
    expect(regionBytes > 0 && regionBytes <= regionLimit && regionBytes % regionAlignment === 0, "invalid region size");
    expect(block.u64("requested_bytes") <= 2 ** 40, "invalid requested size");
    expect(
        block.u64("metadata_bytes") === metadataBytes(regionBytes, Process.pointerSize),
        "metadata size does not match the region",
    );
    expect(isPlace(block.u64("region_base"), regionBytes), "invalid region address");
    const layers = layersOf(block.u32("layers"));
    expect(block.u32("active") <= 1 && layers.length > 0, "invalid state");
    const stage = nameOf(stages, block.u32("stage"));
    const strategy = nameOf(strategies, block.u32("strategy"));
    if (stage === null || strategy === null) throw forged("invalid stage or strategy");
    const functions = stage === "empty" ? new Map<PoolFunction, NativePointer>() : readFunctions(block);
    const requestedBytes = block.u64("requested_bytes");
    return { stage, strategy, layers, regionBytes, requestedBytes, logFile: block.text("log_file") || null, functions };
}

/** The layers of a bit set; empty if a bit stands for no layer. */
function layersOf(bits: number): Layer[] {
    const names = (Object.keys(layerBits) as Layer[]).filter((layer) => (bits & layerBits[layer]) !== 0);
    return names.reduce((sum, layer) => sum | layerBits[layer], 0) === bits ? names : [];
}

/** A copy of a block: the program may change the block between two reads. */
class CopiedBlock {
    readonly #copy = Memory.alloc(controlBytes);

    constructor(base: NativePointer) {
        try {
            this.#copy.writeByteArray(base.readByteArray(controlBytes)!);
        } catch {
            throw forged("unreadable");
        }
    }

    isOf(base: NativePointer): boolean {
        return this.#at("self").readU64().equals(uint64(base.toString()));
    }

    u32(field: Field): number {
        return this.#at(field).readU32();
    }

    /** Values beyond 2^53 stay larger than any bound. */
    u64(field: Field): number {
        return this.#at(field).readU64().toNumber();
    }

    text(field: "log_file"): string {
        const { count } = controlLayout[field];
        const bytes = new Uint8Array(this.#at(field).readByteArray(count)!);
        expect(bytes.includes(0), "unterminated log path");
        try {
            return this.#at(field).readUtf8String()!;
        } catch {
            throw forged("log path is not UTF-8");
        }
    }

    #at(field: Field): NativePointer {
        return this.#copy.add(controlLayout[field].offset);
    }
}

/** How far apart the functions of one compiled piece of C can be. */
const codeBytes = 0x40000;

/** The functions of one compiled module. */
const neighbours = ["snapshot", "set_active", "reset", "sampler_start", "sampler_read"] as const;

/** The installer compiles all of them to memory that belongs to no file and is not writable. */
function readFunctions(block: CopiedBlock): ReadonlyMap<PoolFunction, NativePointer> {
    const hasMainThreadQueue = block.u64("main_thread") !== 0;
    const together: readonly PoolFunction[] = hasMainThreadQueue ? [...neighbours, "main_thread"] : neighbours;
    const names: readonly PoolFunction[] = [...together, "write_hooks", "start_resident"];
    for (const name of names) expect(isOwnCode(block.u64(name)), `its function ${name} is not in the code of a pool`);
    const [first = 0, ...others] = together.map((name) => block.u64(name));
    expect(
        others.every((address) => Math.abs(address - first) < codeBytes),
        "its functions are too far apart",
    );
    return new Map(names.map((name) => [name, toPointer(block.u64(name))]));
}

/** By protection: Frida hides its own memory from the list of ranges. */
function isOwnCode(address: number): boolean {
    if (!isPlace(address, 1, 1)) return false;
    try {
        const isCode = Memory.queryProtection(toPointer(address)) === "r-x";
        return isCode && Process.findModuleByAddress(toPointer(address)) === null;
    } catch {
        return false; // not mapped
    }
}

function toPointer(address: number): NativePointer {
    return ptr(`0x${address.toString(16)}`);
}

function isPlace(address: number, bytes: number, alignment: number = regionAlignment): boolean {
    const end = Process.pointerSize === 4 ? 2 ** 32 : 2 ** 47;
    return address >= 0x10000 && address % alignment === 0 && address + bytes <= end;
}

function nameOf<Name extends string>(numbers: Record<Name, number>, number: number): Name | null {
    return (Object.keys(numbers) as Name[]).find((name) => numbers[name] === number) ?? null;
}

function expect(holds: boolean, otherwise: string): void {
    if (!holds) throw forged(otherwise);
}

function forged(what: string): Refusal {
    return new Refusal("FORGED_POOL", `the program has a corrupt or forged pool: ${what}`);
}
