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
import type { Layer, Strategy } from "../../shared/protocol.js";
import { Refusal } from "../refusal.js";

type Field = keyof typeof controlLayout;
export type PoolFunction = "snapshot" | "set_active" | "reset" | "arm" | "desk" | "sample_callers" | "callers";

/** What a control block says of its pool, and what was found to be possible. */
export interface ControlClaims {
    stage: keyof typeof stages;
    strategy: Strategy;
    layers: Layer[];
    regionBytes: number;
    requestedBytes: number;
    logFile: string | null;
    functions: ReadonlyMap<PoolFunction, NativePointer>;
}

/** Whether a block begins here that says it is a pool's. What can't be read is none: ranges may vanish while we look. */
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
 * Reads a block once, as a whole, and believes only what can be true of a pool of ours. Anybody may have written it, and
 * what its addresses lead to will be called.
 *
 * @throws Refusal FOREIGN_VERSION, or FORGED_POOL with what is wrong
 */
export function readClaims(base: NativePointer): ControlClaims {
    const block = new CopiedBlock(base);
    const version = block.u32("version");
    if (version !== controlVersion)
        throw new Refusal(
            "FOREIGN_VERSION",
            `the program already has a pool of format ${version}, this poolnv speaks format ${controlVersion}`,
        );
    const regionBytes = block.u64("region_bytes");
    expect(block.u32("bytes") === controlBytes, "its length is wrong");
    expect(block.isOf(base), "it says that it is elsewhere");
    expect(block.u32("pid") === Process.id, "it belongs to another process");
    expect(regionBytes > 0 && regionBytes <= regionLimit && regionBytes % regionAlignment === 0, "its size is absurd");
    expect(block.u64("requested_bytes") <= 2 ** 40, "the size asked for is absurd");
    expect(block.u64("metadata_bytes") === metadataBytes(regionBytes, Process.pointerSize), "its tables do not fit it");
    expect(isPlace(block.u64("region_base"), regionBytes), "its memory can't be where it says");
    const layers = layersOf(block.u32("layers"));
    expect(block.u32("active") <= 1 && layers.length > 0, "its state is absurd");
    const stage = nameOf(stages, block.u32("stage"));
    const strategy = nameOf(strategies, block.u32("strategy"));
    if (stage === null || strategy === null) throw forged("its stage or its strategy is none");
    const functions = stage === "empty" ? new Map<PoolFunction, NativePointer>() : readFunctions(block);
    const requestedBytes = block.u64("requested_bytes");
    return { stage, strategy, layers, regionBytes, requestedBytes, logFile: block.text("log_file") || null, functions };
}

/** The layers of a set of bits; none where there is a bit that stands for no layer. */
function layersOf(bits: number): Layer[] {
    const names = (Object.keys(layerBits) as Layer[]).filter((layer) => (bits & layerBits[layer]) !== 0);
    return names.reduce((sum, layer) => sum | layerBits[layer], 0) === bits ? names : [];
}

/** A block as it was in one moment: the program may change it while we look. */
class CopiedBlock {
    readonly #copy = Memory.alloc(controlBytes);

    constructor(base: NativePointer) {
        try {
            this.#copy.writeByteArray(base.readByteArray(controlBytes)!);
        } catch {
            throw forged("it can't be read");
        }
    }

    isOf(base: NativePointer): boolean {
        return this.#at("self").readU64().equals(uint64(base.toString()));
    }

    u32(field: Field): number {
        return this.#at(field).readU32();
    }

    /** What is too large for a number comes out larger than any bound. */
    u64(field: Field): number {
        return this.#at(field).readU64().toNumber();
    }

    text(field: "log_file"): string {
        const { count } = controlLayout[field];
        const bytes = new Uint8Array(this.#at(field).readByteArray(count)!);
        expect(bytes.includes(0), "the name of its log has no end");
        try {
            return this.#at(field).readUtf8String()!;
        } catch {
            throw forged("the name of its log is no text");
        }
    }

    #at(field: Field): NativePointer {
        return this.#copy.add(controlLayout[field].offset);
    }
}

/** How far apart the functions of one compiled piece of C can be. */
const CODE_BYTES = 0x40000;

/** Those that were compiled together. */
const neighbours = ["snapshot", "set_active", "reset", "sample_callers", "callers"] as const;

/** All stand in code that belongs to no file and that nobody can write: the core compiles them to such memory. */
function readFunctions(block: CopiedBlock): ReadonlyMap<PoolFunction, NativePointer> {
    const hasMainThreadQueue = block.u64("desk") !== 0;
    const together: readonly PoolFunction[] = hasMainThreadQueue ? [...neighbours, "desk"] : neighbours;
    const names: readonly PoolFunction[] = [...together, "arm"];
    for (const name of names)
        expect(isOwnCode(block.u64(name)), `where its function ${name} should be there is no code of a pool`);
    const [first = 0, ...others] = together.map((name) => block.u64(name));
    expect(
        others.every((address) => Math.abs(address - first) < CODE_BYTES),
        "its functions are far from one another",
    );
    return new Map(names.map((name) => [name, toPointer(block.u64(name))]));
}

/** Frida hides its own memory from lists of ranges, but not from this question. */
function isOwnCode(address: number): boolean {
    if (!isPlace(address, 1, 1)) return false;
    try {
        const isCode = Memory.queryProtection(toPointer(address)) === "r-x";
        return isCode && Process.findModuleByAddress(toPointer(address)) === null;
    } catch {
        return false; // nothing is there
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
    return new Refusal("FORGED_POOL", `the program has a pool that can't be one of poolnv's: ${what}`);
}
