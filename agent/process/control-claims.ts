import {
    type ControlClaims,
    InvalidControl,
    type PoolFunction,
    readClaims as validate,
} from "../../shared/control-claims.js";
import { controlBytes, controlLayout, controlMagic } from "../../shared/layout.js";
import { Refusal } from "../refusal.js";

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

/** The validated fields of a control block of this process, with functions that may be called. */
export interface OwnControlClaims extends Omit<ControlClaims, "functions"> {
    functions: ReadonlyMap<PoolFunction, NativePointer>;
}

/**
 * Reads a block once, as a whole, because the program may change it between two reads, and validates every field: the
 * program may have forged it, and the functions that it names will be called.
 *
 * @throws Refusal FOREIGN_VERSION, or FORGED_POOL with the reason
 */
export function readClaims(base: NativePointer): OwnControlClaims {
    try {
        const claims = validate(new DataView(copyOf(base)), { self: Number(base), pid: Process.id });
        return { ...claims, functions: ownCode(claims.functions) };
    } catch (error) {
        if (!(error instanceof InvalidControl)) throw error;
        throw new Refusal(error.code, error.message);
    }
}

function copyOf(base: NativePointer): ArrayBuffer {
    try {
        return base.readByteArray(controlBytes)!;
    } catch {
        throw forged("unreadable");
    }
}

/** The installer compiles all of them to memory that belongs to no file and is not writable. */
function ownCode(functions: ReadonlyMap<PoolFunction, number>): ReadonlyMap<PoolFunction, NativePointer> {
    const pointers = new Map<PoolFunction, NativePointer>();
    for (const [name, address] of functions) {
        const pointer = toPointer(address);
        if (pointer === null || !isOwnCode(pointer)) throw forged(`its function ${name} is not in the code of a pool`);
        pointers.set(name, pointer);
    }
    return pointers;
}

/** Null if no address of this process is so large or so small. */
function toPointer(address: number): NativePointer | null {
    const end = Process.pointerSize === 4 ? 2 ** 32 : 2 ** 47;
    return address >= 0x10000 && address < end ? ptr(`0x${address.toString(16)}`) : null;
}

/** By protection: Frida hides its own memory from the list of ranges. */
function isOwnCode(address: NativePointer): boolean {
    try {
        return Memory.queryProtection(address) === "r-x" && Process.findModuleByAddress(address) === null;
    } catch {
        return false; // not mapped
    }
}

function forged(what: string): Refusal {
    return new Refusal("FORGED_POOL", `the program has a corrupt or forged pool: ${what}`);
}
