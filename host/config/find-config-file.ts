import { realpathSync, type Stats, statSync } from "node:fs";
import path from "node:path";

import { gameProfiles, pluginFolder } from "../../shared/games/index.js";
import type { GameProfile } from "../../shared/games/profile.js";
import type { EngineChoice } from "../frida/engine.js";
import { UserError } from "../errors.js";
import { findIgnoringCase } from "../process/find-ignoring-case.js";
import { findProgram } from "../process/find-program.js";
import { locate, programPath } from "../frida/locate.js";

/** A program that runs, by its file name or pid, or one that is about to be started. */
export type ProgramToFind =
    { process: string | number; engine?: EngineChoice } | { program: string; engine?: EngineChoice };

/** A configuration file in the folder of a program. */
export interface FoundConfigFile {
    /** Its path, as this system spells it. */
    file: string;
    /** False when it belongs to another user: it could send a stranger's settings into our engine. */
    trusted: boolean;
}

/**
 * Finds the configuration file in a program's folder: `poolnv.ini` in the game's folder of plugins, which for other
 * programs is `Data/NVSE/Plugins`. Null if there is none, or the program's folder is not known.
 */
export function findConfigFile(
    wanted: ProgramToFind,
    profiles: readonly GameProfile[] = gameProfiles,
): FoundConfigFile | null {
    const program = pathOf(wanted);
    const file = program === null ? null : findIgnoringCase(path.dirname(program), pathFrom(program, profiles));
    const stats = file === null ? undefined : statSync(file, { throwIfNoEntry: false });
    return file === null || stats?.isFile() !== true ? null : { file, trusted: isTrusted(stats) };
}

function pathFrom(program: string, profiles: readonly GameProfile[]): string[] {
    return [...pluginFolder(path.basename(program), profiles), "poolnv.ini"];
}

/** A program that can't be found is told later, by whoever attaches to it or starts it. */
function pathOf(wanted: ProgramToFind): string | null {
    try {
        if ("process" in wanted) {
            return programPath(locate(wanted.process, wanted.engine ?? "auto"));
        }
        const file = findProgram(wanted.program);
        return /\.exe$/i.test(file) ? file : realpathSync(file);
    } catch (error) {
        if (error instanceof UserError) {
            return null;
        }
        throw error;
    }
}

/** Ours, root's, or that of whoever called sudo. Where users have no numbers, everything is trusted. */
function isTrusted({ uid }: Stats): boolean {
    const ours = process.getuid?.();
    return ours === undefined || [ours, 0, Number(process.env["SUDO_UID"] ?? ours)].includes(uid);
}
