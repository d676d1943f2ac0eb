import type { GamePatch, GameProfile } from "../../../shared/games/profile.js";
import type { ByteMismatch } from "../../../shared/protocol/errors.js";
import type { Layer } from "../../../shared/protocol/install.js";

/** Layers whose functions identify the version, whether the layers are wanted or not. */
const identity: readonly Layer[] = ["crt", "gameheap"];

/** Code with the bytes that a profile expects. */
type KnownCode = Pick<GamePatch, "name" | "address" | "bytes">;

/**
 * Compares the game with its profile: the functions of the wanted layers, and those that identify the version.
 *
 * @returns every function whose first bytes differ
 */
export function compareWithProfile(profile: GameProfile, wanted: readonly Layer[]): ByteMismatch[] {
    return mismatchesOf(profile.functions.filter(({ layer }) => identity.includes(layer) || wanted.includes(layer)));
}

/** The code whose bytes differ. */
export function mismatchesOf(code: readonly KnownCode[]): ByteMismatch[] {
    return code.flatMap((entry) => {
        if (beginsWith(entry)) return [];
        const found = readBytes(entry);
        return [
            {
                function: entry.name,
                address: toHexNumber(entry.address),
                expected: entry.bytes,
                found: found === null ? null : toHex(found),
                leads_to: found === null ? null : targetOf(entry.address, found),
            },
        ];
    });
}

/** Whether code begins with these bytes; `??` matches any. */
export function beginsWith(code: Omit<KnownCode, "name">): boolean {
    const found = readBytes(code);
    if (found === null) return false;
    const bytes = toHex(found).split(" ");
    return code.bytes.split(" ").every((expected, index) => expected === "??" || expected === bytes[index]);
}

function readBytes({ address, bytes }: Omit<KnownCode, "name">): Uint8Array | null {
    try {
        return new Uint8Array(ptr(address).readByteArray((bytes.length + 1) / 3)!);
    } catch {
        return null;
    }
}

const nearJump = 0xe9;
const nearJumpBytes = 5;

/** The module that a jump written by another tool leads to; null if there is no such jump. */
function targetOf(address: number, bytes: Uint8Array): string | null {
    if (bytes[0] !== nearJump) return null;
    const distance = new DataView(bytes.buffer).getInt32(1, true);
    const target = ptr(address).add(nearJumpBytes).add(distance);
    return Process.findModuleByAddress(target)?.name ?? `code at ${target.toString()} in no module`;
}

function toHex(bytes: Uint8Array): string {
    return [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
}

function toHexNumber(address: number): string {
    return `0x${address.toString(16).toUpperCase().padStart(8, "0")}`;
}
