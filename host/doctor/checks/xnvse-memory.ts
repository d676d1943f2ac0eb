import { parse } from "ini";

import { readSmallFile, UnreadableFile } from "../../files/read-small-file.js";
import { findIgnoringCase } from "../../process/find-ignoring-case.js";
import { type Finding, warning } from "../finding.js";
import type { GameSubject } from "../game-subject.js";

const FILE = ["Data", "NVSE", "nvse_config.ini"];
/** Far more than such a file has. */
const MAX_BYTES = 1_048_576;

/** Whether xNVSE makes the game's own heaps larger, which only takes address space from the pool. */
export function checkXnvseMemory({ game }: GameSubject): Finding[] {
    const file = findIgnoringCase(game.folder, FILE);
    if (file === null) return [];
    try {
        const set = memorySettings(readSmallFile(file, MAX_BYTES)?.toString("latin1") ?? "");
        return set.length === 0
            ? []
            : [
                  warning(
                      "xnvse-memory",
                      `xNVSE enlarges the game's own heaps, which takes room from the pool: ${set.join(", ")}`,
                      `Remove the section [Memory] from ${file}`,
                  ),
              ];
    } catch (reason) {
        if (!(reason instanceof UnreadableFile)) throw reason;
        return [warning("xnvse-memory", reason.message, "Resolution or remove that file; xNVSE can't read it either.")];
    }
}

/** Settings of the section, such as `DefaultHeapInitialAllocMB = 500`. */
function memorySettings(text: string): string[] {
    const [, memory] = Object.entries(parse(text)).find(([name]) => name.toLowerCase() === "memory") ?? [];
    return typeof memory !== "object" || memory === null
        ? []
        : Object.entries(memory as Record<string, unknown>).map(([name, value]) => `${name} = ${String(value)}`);
}
