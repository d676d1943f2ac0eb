import { readdirSync } from "node:fs";

import { readSmallFile, UnreadableFile } from "../../files/read-small-file.js";
import { findIgnoringCase } from "../../process/find-ignoring-case.js";
import { error, type Finding, ok } from "../finding.js";
import type { GameSubject } from "../game-subject.js";

/** Whether another tool would replace the same heaps: two of them end the game. */
export function checkReplacers({ game: { folder } }: GameSubject): Finding[] {
    const found = replacers.filter(({ isIn }) => isIn(folder));
    return found.length === 0
        ? [ok("replacer", "no other heap replacer is in the game's folder")]
        : found.map(({ name, resolution }) =>
              error("replacer", `${name} is there, and replaces the same heaps`, resolution),
          );
}

interface Replacer {
    readonly name: string;
    readonly resolution: string;
    readonly isIn: (folder: string) => boolean;
}

const PLUGINS = ["Data", "NVSE", "Plugins"];

/** How each is told; the marks are what their own READMEs and sources name. */
const replacers: readonly Replacer[] = [
    {
        name: "NVHR (New Vegas Heap Replacer)",
        resolution: "Take d3dx9_38.dll out of the game's folder, and Data/NVHR with it.",
        isIn: (folder) => has(folder, "d3dx9_38.dll") && has(folder, "Data", "NVHR"),
    },
    {
        name: "NVHR (New Vegas Heap Replacer) as a plugin",
        resolution: "Take nvhr*.dll out of Data/NVSE/Plugins.",
        isIn: (folder) => hasMatch(folder, PLUGINS, /^nvhr.*\.dll$/i),
    },
    {
        name: "psycho (Syringe)",
        resolution: "Take dinput8.dll and the folder syringe out of the game's folder.",
        isIn: (folder) => has(folder, "dinput8.dll") && hasMatch(folder, ["syringe"], /\.dll$/i),
    },
    {
        name: "the plugin MemoryPool",
        resolution: "Take MemoryPool*.dll out of Data/NVSE/Plugins; poolnv does its work.",
        isIn: (folder) => hasMatch(folder, PLUGINS, /^memorypool.*\.dll$/i),
    },
    {
        name: "NVSR (New Vegas Stutter Remover) with bReplaceHeap = 1",
        resolution: "Set bReplaceHeap = 0 in sr_New_Vegas_Stutter_Remover.ini.",
        isIn: (folder) =>
            hasMatch(folder, PLUGINS, /^sr_new_vegas_stutter_remover\.dll$/i) &&
            isSet(folder, "sr_New_Vegas_Stutter_Remover.ini", /^[ \t]*bReplaceHeap[ \t]*=[ \t]*0*[1-9]/im),
    },
    {
        name: "NVTF (New Vegas Tick Fix) with its heap option",
        resolution: "Set the option whose name has Heap in it to 0 in NVTF.ini.",
        isIn: (folder) =>
            hasMatch(folder, PLUGINS, /^nvtf\.dll$/i) &&
            isSet(folder, "NVTF.ini", /^[ \t]*\w*(?:Replace\w*Heap|Heap\w*Replace)\w*[ \t]*=[ \t]*0*[1-9]/im),
    },
];

function has(folder: string, ...names: string[]): boolean {
    return findIgnoringCase(folder, names) !== null;
}

function hasMatch(folder: string, names: readonly string[], pattern: RegExp): boolean {
    const inside = findIgnoringCase(folder, names);
    try {
        return inside !== null && readdirSync(inside).some((name) => pattern.test(name));
    } catch {
        return false; // no folder, or closed to us
    }
}

/** Far more than such a file has. */
const MAX_BYTES = 1_048_576;

/** What can't be read counts as not set: the mod can't read it either. */
function isSet(folder: string, name: string, setting: RegExp): boolean {
    const file = findIgnoringCase(folder, [...PLUGINS, name]);
    try {
        return file !== null && setting.test(readSmallFile(file, MAX_BYTES)?.toString("latin1") ?? "");
    } catch (reason) {
        if (reason instanceof UnreadableFile) return false;
        throw reason;
    }
}
