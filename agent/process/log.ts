import { printable } from "../../shared/printable.js";
import { platform } from "./platform/index.js";

/** Returns a function that appends one line with a time stamp to the log. Failures to write are ignored. */
export function openLog(file: string | null): (line: string) => void {
    if (file === null) return () => {};
    return (line) => void platform().append(file, `${new Date().toISOString()} ${printable(line)}\n`);
}
