import type { UserErrorCode } from "../../errors.js";

/** An error of frida-core that can reach the user. */
export interface FridaErrorRow {
    /** Its text. The npm binding throws a plain `Error` with it, without a name or code of Frida's. */
    readonly text?: RegExp;
    /** Without a text: the name that Python gives the error, for texts that no row has. */
    readonly name?: string;
    /** System of the engine, if the row is for one only. Under Wine that is Windows. */
    readonly on?: "windows" | "linux";
    readonly code: UserErrorCode;
    /** In place of Frida's own text, if that misleads; `$1` is the first group of `text`. */
    readonly says?: string;
    readonly resolution: string;
}
