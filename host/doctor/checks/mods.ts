import { join } from "node:path";
import { parse } from "ini";
import { bytesPerMb } from "../../../shared/bytes.js";
import type { FileMark, HeapReplacer, HeapSettings } from "../../../shared/games/game.js";
import { namesIn } from "../../files/path-bytes.js";
import { readSmallFile } from "../../files/read-file.js";
import { UnreadableFile } from "../../files/system-error.js";
import { findIgnoringCase } from "../../process/find-ignoring-case.js";
import type { ExaminedGame } from "../examined-game.js";
import { error, type Finding, ok, warning } from "../finding.js";

/** Checks of the mods in a game's folder. */
export const modChecks: readonly ((game: ExaminedGame) => Finding[])[] = [
    checkReplacers,
    checkScriptExtender,
    checkExtenderMemory,
];

/** Two tools that replace the same heaps crash the game. */
function checkReplacers({ installation: { folder, game } }: ExaminedGame): Finding[] {
    const found = game.replacers.filter((replacer) => isInstalled(replacer, folder));
    return found.length === 0
        ? [ok("replacer", "no other heap replacer is in the game's folder")]
        : found.map(({ name, resolution }) =>
              error("replacer", `${name} is installed and replaces the same heaps`, resolution),
          );
}

/** The pool does not need it; nearly every mod does. */
function checkScriptExtender({ installation: { folder, game }, program }: ExaminedGame): Finding[] {
    const { scriptExtender: extender } = game;
    if (extender === null) return [];
    const { name, page, parts } = extender;
    const missing = parts.filter((part) => findIgnoringCase(folder, [part]) === null);
    const resolution = `Unpack ${name} (${page}) into the game's folder.`;
    if (missing.length === parts.length) {
        return [warning("xnvse", `${name} is not installed: the pool works without it, most mods do not`, resolution)];
    }
    if (missing.length > 0) {
        return [warning("xnvse", `${name} is incomplete, missing: ${missing.join(", ")}`, resolution)];
    }
    const loadsItself = !(program instanceof UnreadableFile) && program.loadsExtender;
    return [ok("xnvse", loadsItself ? `${name} is installed; the patched program loads it` : `${name} is installed`)];
}

/** Settings that enlarge the game's own heaps take address space from the pool. */
function checkExtenderMemory({ installation: { folder, game } }: ExaminedGame): Finding[] {
    const { name = "", heapSettings = null } = game.scriptExtender ?? {};
    const file = heapSettings === null ? null : findIgnoringCase(folder, heapSettings.file);
    if (heapSettings === null || file === null) return [];
    try {
        const set = heapSizes(readSmallFile(file, maxSettingsBytes)?.toString("latin1") ?? "", heapSettings);
        if (set.length === 0) return [];
        const enlarged = set.filter(({ mb, ownMb }) => mb > ownMb).map(({ setting, mb }) => `${setting} = ${mb}`);
        if (enlarged.length === 0) return [ok("xnvse-memory", `${name} does not enlarge the game's own heaps`)];
        const message = `${name} enlarges the game's own heaps, which leaves less for the pool: ${enlarged.join(", ")}`;
        return [warning("xnvse-memory", message, `Remove the section [Memory] from ${file}`)];
    } catch (reason) {
        if (!(reason instanceof UnreadableFile)) throw reason;
        return [warning("xnvse-memory", reason.message, `Correct or remove that file: ${name} can't read it either.`)];
    }
}

/** Far more than a settings file has. */
const maxSettingsBytes = bytesPerMb;

function isInstalled({ files, setting }: HeapReplacer, folder: string): boolean {
    return (
        files.every((mark) => matches(mark, folder).length > 0) &&
        (setting === undefined || matches(setting, folder).some((file) => isSet(file, setting.on)))
    );
}

/** Paths of the files that a mark describes. */
function matches({ folder, name }: FileMark, gameFolder: string): string[] {
    const inside = findIgnoringCase(gameFolder, folder);
    try {
        const names = inside === null ? [] : namesIn(inside);
        return names.filter((found) => name.test(found)).map((found) => join(inside!, found));
    } catch {
        return []; // not a folder, or not readable
    }
}

/** A file that can't be read counts as not set: the mod can't read it either. */
function isSet(file: string, setting: RegExp): boolean {
    try {
        return setting.test(readSmallFile(file, maxSettingsBytes)?.toString("latin1") ?? "");
    } catch (reason) {
        if (reason instanceof UnreadableFile) return false;
        throw reason;
    }
}

interface HeapSize {
    setting: string;
    mb: number;
    ownMb: number;
}

/** The sizes that the section [Memory] sets. Other settings in it, and what is no number, have no effect. */
function heapSizes(text: string, { ownMb }: HeapSettings): HeapSize[] {
    const [, memory] = Object.entries(parse(text)).find(([name]) => name.toLowerCase() === "memory") ?? [];
    if (typeof memory !== "object" || memory === null) return [];
    return Object.entries(memory as Record<string, unknown>).flatMap(([name, value]) => {
        const [setting, own] =
            Object.entries(ownMb).find(([known]) => known.toLowerCase() === name.toLowerCase()) ?? [];
        const mb = Number.parseInt(String(value), 10);
        return setting === undefined || own === undefined || Number.isNaN(mb) ? [] : [{ setting, mb, ownMb: own }];
    });
}
