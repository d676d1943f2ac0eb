import { createHash } from "node:crypto";

/** A seed for one trial in one place: the same at every run, unless a base is given. */
export function seedOf(trial: string, place: string, base = 0): number {
    return createHash("sha256").update(`${base} ${trial} ${place}`).digest().readUInt32LE() & 0x7fffffff;
}
