import { printable } from "../../shared/printable.js";
import { system } from "./system/index.js";

/** Appends one line with a time stamp to the log; a log that can't be written any more is not worth harming anybody. */
export function openLog(file: string | null): (line: string) => void {
    if (file === null) return () => {};
    return (line) => void system().append(file, `${new Date().toISOString()} ${printable(line)}\n`);
}
