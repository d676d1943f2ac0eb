import { readFileSync } from "node:fs";
import { pathText } from "../files/path-bytes.js";

/** Node's own texts have this in place of bytes that are no UTF-8. */
const replacement = "\ufffd";

/**
 * The arguments of this process after the program's name, with all their bytes: see `files/path-bytes.ts`. Node decodes them as UTF-8
 * and loses what is none; Linux has them in a file.
 */
export function ownArguments(given: readonly string[] = process.argv.slice(2)): string[] {
    if (!given.some((argument) => argument.includes(replacement))) return [...given];
    const own = partsOf("/proc/self/cmdline");
    return own.length < given.length ? [...given] : own.slice(own.length - given.length);
}

/** The environment of this process, in the same way. */
export function ownEnvironment(given: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
    const lossy = Object.keys(given).filter((name) => given[name]!.includes(replacement));
    if (lossy.length === 0) return given;
    const own = partsOf("/proc/self/environ").flatMap((line) => {
        const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(line) ?? [];
        return lossy.includes(name) ? [[name, value] as const] : [];
    });
    return { ...given, ...Object.fromEntries(own) };
}

/** The texts of a file of `/proc` in which each ends with a zero byte; none on another system. */
function partsOf(file: string): string[] {
    try {
        const bytes = readFileSync(file);
        return pathText(bytes).split("\0").slice(0, -1);
    } catch {
        return [];
    }
}
