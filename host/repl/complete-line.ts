import { readdirSync } from "node:fs";
import path from "node:path";
import { printable } from "../../shared/printable.js";
import { consoleCommands } from "./commands.js";
import { commandNamed } from "./parse-line.js";

/** Completions of the last word of a line, and the part that they replace: the result that readline expects. */
export function completeLine(line: string): [string[], string] {
    const words = line.trimStart().split(/\s+/);
    const typed = words.at(-1) ?? "";
    if (words.length === 1) {
        const names = consoleCommands.map((row) => row.name);
        return [beginningWith(typed, names), typed];
    }
    const parameters = commandNamed(words[0] ?? "", consoleCommands)?.parameters ?? [];
    if (parameters[0]?.accepts === "file") {
        return completeFile(line.trimStart().replace(/^\S+\s+/, ""));
    }
    const accepts = parameters[words.length - 2]?.accepts ?? [];
    return [typeof accepts === "string" ? [] : beginningWith(typed, accepts), typed];
}

function beginningWith(typed: string, candidates: readonly string[]): string[] {
    return candidates.filter((candidate) => candidate.toLowerCase().startsWith(typed.toLowerCase()));
}

/**
 * Names in the folder that was typed so far; folders end in a slash. Hidden files only after a dot, and no name that
 * could steer a terminal.
 */
function completeFile(typed: string): [string[], string] {
    const folder = typed.slice(0, Math.max(typed.lastIndexOf("/"), typed.lastIndexOf(path.sep)) + 1);
    const begun = typed.slice(folder.length);
    try {
        const entries = readdirSync(folder === "" ? "." : folder, { withFileTypes: true });
        const names = entries
            .filter(({ name }) => name.startsWith(begun) && (begun !== "" || !name.startsWith(".")))
            .filter(({ name }) => name === printable(name))
            .map((entry) => `${entry.name}${entry.isDirectory() ? path.sep : ""}`);
        return [names.sort().map((name) => folder + name), typed];
    } catch {
        return [[], typed]; // no such folder, or not ours to read
    }
}
