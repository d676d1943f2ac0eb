import type { PoolFunction } from "../../shared/control-claims.js";
import {
    arenas,
    controlBytes,
    controlLayout,
    layerBits,
    poolSystem,
    residentLastRequest,
    stages,
    strategies,
} from "../../shared/layout.js";
import type { Layer, SizeGroup, Strategy, Tuning } from "../../shared/protocol/install.js";
import { Refusal } from "../refusal.js";
import { looksLikeControl, type OwnControlClaims, readClaims } from "./control-claims.js";
import { platform } from "./platform/index.js";
import { lengthOf } from "./text-length.js";

type Field = keyof typeof controlLayout;

/** The block at the start of the pool's metadata by which code outside the C reaches the pool. */
export class ControlBlock {
    constructor(readonly base: NativePointer) {}

    /** Fills in what the C needs to know before `pool_init`. */
    describe(facts: {
        metadataBytes: number;
        regionBase: NativePointer;
        regionBytes: number;
        requestedBytes: number;
        strategy: Strategy;
        layers: readonly Layer[];
        tuning: Tuning;
        /** Id of the game's profile. */
        game: string | null;
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
        for (const [group, bytes] of Object.entries(facts.tuning.groupBytes)) {
            this.#at("arena_bytes")
                .add(8 * arenas[group as SizeGroup])
                .writeU64(bytes);
        }
        this.#at("layers").writeU32(facts.layers.reduce((bits, layer) => bits | layerBits[layer], 0));
        this.#at("active").writeU32(1);
        this.#at("requests").writeU32(residentLastRequest);
        this.#at("system").writeU32(poolSystem[platform().name]);
        this.#at("pointer_bytes").writeU32(Process.pointerSize);
        this.#setText("game", facts.game ?? "");
        this.#setText("log_file", facts.logFile ?? "");
        this.#setText("program", Process.mainModule.path);
    }

    setFunction(name: PoolFunction, address: NativePointer): void {
        this.#setU64(name, address);
    }

    /** Removes the magic number, so that the block is not found again. */
    disown(): void {
        this.#setU64("magic", 0);
    }

    /** @param inFile whether hosts reach it by a file, too */
    setMailbox(address: NativePointer, inFile: boolean): void {
        this.#at("has_mailbox_file").writeU32(inFile ? 1 : 0);
        this.#setU64("mailbox", address);
    }

    mailbox(): NativePointer {
        return ptr(`0x${this.#at("mailbox").readU64().toString(16)}`);
    }

    setStage(stage: keyof typeof stages): void {
        this.#at("stage").writeU32(stages[stage]);
    }

    /** Process in which the resident runs; in a forked child that of its parent. */
    residentPid(): number {
        return this.#at("resident_pid").readU32();
    }

    isHooked(): boolean {
        return this.#at("stage").readU32() === stages.hooked;
    }

    /** enum PatchStatus of the last time that the hooks were to be written. */
    patchStatus(): number {
        return this.#at("patch_status").readS32();
    }

    patchMeasurements(): { stalledNs: number; threads: number; retries: number } {
        return {
            stalledNs: this.#u64("stalled_ns"),
            threads: this.#at("suspended_threads").readU32(),
            retries: this.#at("patch_retries").readU32(),
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
    #setText(field: "game" | "log_file" | "program", text: string): void {
        const capacity = controlLayout[field].count;
        let fitting = text;
        while (lengthOf(Memory.allocUtf8String(fitting)) >= capacity) fitting = fitting.slice(0, -1);
        this.#at(field).writeUtf8String(fitting);
    }
}

/** How many candidates are validated; more of them are a forgery. */
const candidateLimit = 1000;

/** A pool that was found in this process. */
export interface FoundPool {
    control: ControlBlock;
    claims: OwnControlClaims;
}

/**
 * Finds the pool of this process by the start of every writable range. Invalid blocks do not hide a valid one.
 *
 * @returns null if there is no block
 * @throws Refusal FOREIGN_VERSION if another version of poolnv installed the pool; FORGED_POOL if all blocks are invalid
 */
export function findPool(): FoundPool | null {
    let refusal: Refusal | null = null;
    let candidates = 0;
    for (const range of Process.enumerateRanges("rw-")) {
        // A mapped file may be a device, and reading its memory may have side effects.
        if (range.file !== undefined || range.size < controlBytes || !looksLikeControl(range.base)) continue;
        if (++candidates > candidateLimit) break;
        try {
            const claims = readClaims(range.base);
            return { control: new ControlBlock(range.base), claims };
        } catch (error) {
            if (!(error instanceof Refusal)) throw error;
            refusal ??= error;
        }
    }
    if (refusal !== null) throw refusal;
    return null;
}
