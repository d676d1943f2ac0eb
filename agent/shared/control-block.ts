import {
    controlBytes,
    controlLayout,
    controlMagic,
    controlVersion,
    groups,
    stages,
    strategies,
} from "../generated/layout.js";
import type { PoolFacts, SizeGroup, Strategy, Tuning } from "../protocol.js";
import { Refusal } from "./refusal.js";

type Field = keyof typeof controlLayout;
type PoolFunction = "snapshot" | "set_active" | "reset" | "arm";

/** The block at the head of the pool's metadata through which everything outside the C sees the pool. */
export class ControlBlock {
    readonly #functions = new Map<PoolFunction, (...values: unknown[]) => unknown>();

    constructor(readonly base: NativePointer) {}

    /** Fills in what the C needs to know before `pool_init`. */
    describe(facts: {
        metadataBytes: number;
        regionBase: NativePointer;
        regionBytes: number;
        requestedBytes: number;
        strategy: Strategy;
        tuning: Tuning;
        logFile: string | null;
    }): void {
        this.#at("pid").writeU32(Process.id);
        this.#setU64("metadata_bytes", facts.metadataBytes);
        this.#setU64("region_base", facts.regionBase);
        this.#setU64("region_bytes", facts.regionBytes);
        this.#setU64("requested_bytes", facts.requestedBytes);
        this.#at("strategy").writeU32(strategies[facts.strategy]);
        this.#setU64("quarantine_bytes", facts.tuning.quarantineBytes);
        this.#setU64("prefault_bytes", facts.tuning.prefaultBytes);
        for (const [group, bytes] of Object.entries(facts.tuning.groupBytes))
            this.#at("group_bytes")
                .add(8 * groups[group as SizeGroup])
                .writeU64(bytes);
        this.#at("layers").writeU32(1);
        this.#at("active").writeU32(1);
        this.#setText("log_file", facts.logFile ?? "");
        this.#setText("program", Process.mainModule.path);
    }

    setFunction(name: PoolFunction, address: NativePointer): void {
        this.#setU64(name, address);
    }

    setStage(stage: keyof typeof stages): void {
        this.#at("stage").writeU32(stages[stage]);
    }

    isArmed(): boolean {
        return this.#at("stage").readU32() === stages.armed;
    }

    /** Calls a function of the pool whose address stands in the block. */
    call(
        name: PoolFunction,
        result: NativeFunctionReturnType,
        argumentTypes: NativeFunctionArgumentType[],
        ...values: NativeFunctionArgumentValue[]
    ): number {
        let callee = this.#functions.get(name);
        if (callee === undefined) {
            const address = ptr(this.#at(name).readU64().toString());
            callee = new NativeFunction(address, result, argumentTypes);
            this.#functions.set(name, callee);
        }
        return Number(callee(...values));
    }

    facts(): Omit<PoolFacts, "pid" | "arch" | "platform" | "program"> {
        return {
            strategy: strategyOf(this.#at("strategy").readU32()),
            layers: ["crt"],
            poolBytes: this.#u64("region_bytes"),
            requestedBytes: this.#u64("requested_bytes"),
            armed: this.isArmed(),
            logFile: this.#at("log_file").readUtf8String() || null,
        };
    }

    armMeasurements(): { stalledNs: number; threads: number; retries: number } {
        return {
            stalledNs: this.#u64("stalled_ns"),
            threads: this.#at("stopped_threads").readU32(),
            retries: this.#at("arm_retries").readU32(),
        };
    }

    #at(field: Field): NativePointer {
        return this.base.add(controlLayout[field].offset);
    }

    #u64(field: Field): number {
        return this.#at(field).readU64().toNumber();
    }

    #setU64(field: Field, value: number | NativePointer): void {
        this.#at(field).writeU64(uint64(value.toString()));
    }

    /** Longer texts are cut: the block has a fixed size. */
    #setText(field: "log_file" | "program", text: string): void {
        const capacity = controlLayout[field].count;
        let fitting = text;
        while (fitting.length * 3 >= capacity) fitting = fitting.slice(0, -1);
        this.#at(field).writeUtf8String(fitting);
    }
}

/** The name of a strategy from its number in the block; what makes no sense counts as the default. */
export function strategyOf(number: number): Strategy {
    return number === strategies.bump ? "bump" : "recycle";
}

/**
 * Finds the pool of this process by looking at the start of every writable range, or null where there is none.
 *
 * @throws Refusal FOREIGN_VERSION when the pool was put there by another version of poolnv
 */
export function findControlBlock(): ControlBlock | null {
    for (const range of Process.enumerateRanges("rw-")) {
        // Mapped files may be devices, whose memory does not like being read.
        if (range.file !== undefined || range.size < controlBytes || !looksLikeControl(range.base)) continue;
        const version = range.base.add(controlLayout.version.offset).readU32();
        if (version !== controlVersion)
            throw new Refusal(
                "FOREIGN_VERSION",
                `the program already has a pool of format ${version}, this poolnv speaks format ${controlVersion}`,
            );
        return new ControlBlock(range.base);
    }
    return null;
}

/** Ranges may vanish while we look: an unreadable one is simply not ours. */
function looksLikeControl(base: NativePointer): boolean {
    try {
        return (
            base.add(controlLayout.magic.offset).readUtf8String(controlMagic.length) === controlMagic &&
            base.add(controlLayout.self.offset).readU64().equals(uint64(base.toString()))
        );
    } catch {
        return false;
    }
}
