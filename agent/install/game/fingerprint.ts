import type { GamePatch, GameProfile } from "../../../shared/games/profile.js";
import type { ByteMismatch, Layer } from "../../../shared/protocol.js";

/** Layers by whose functions a version is told from another, whether they are wanted or not. */
const identity: readonly Layer[] = ["crt", "gameheap"];

/** Code as a profile tells it. */
type KnownCode = Pick<GamePatch, "name" | "address" | "bytes">;

/**
 * Compares the game with its profile: the functions of the wanted layers, and those that make out the version.
 *
 * @returns every function whose first bytes are not the expected ones
 */
export function compareWithProfile(profile: GameProfile, wanted: readonly Layer[]): ByteMismatch[] {
    return mismatchesOf(profile.functions.filter(({ layer }) => identity.includes(layer) || wanted.includes(layer)));
}

/** All of the code that is not as it should be. */
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

/** Whether code begins with these bytes; `??` stands for any. */
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

const NEAR_JUMP = 0xe9;
const NEAR_JUMP_BYTES = 5;

/** Whose code a jump leads to that somebody has written there. */
function targetOf(address: number, bytes: Uint8Array): string | null {
    if (bytes[0] !== NEAR_JUMP) return null;
    const distance = new DataView(bytes.buffer).getInt32(1, true);
    const target = ptr(address).add(NEAR_JUMP_BYTES).add(distance);
    return Process.findModuleByAddress(target)?.name ?? `code at ${target.toString()} that belongs to no file`;
}

function toHex(bytes: Uint8Array): string {
    return [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
}

function toHexNumber(address: number): string {
    return `0x${address.toString(16).toUpperCase().padStart(8, "0")}`;
}
