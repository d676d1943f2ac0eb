import { printable } from "../../shared/printable.js";
import { platform } from "./platform/index.js";

/** Appends one line with a time stamp to the log. */
export type Log = (line: string) => void;

/** Opens a log. Failures to write are ignored. */
export function openLog(file: string | null): Log {
    if (file === null) return () => {};
    return (line) => void platform().append(file, `${new Date().toISOString()} ${printable(line)}\n`);
}
