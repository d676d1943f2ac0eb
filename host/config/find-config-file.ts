import { type Stats, statSync } from "node:fs";
import path from "node:path";
import { gameProfiles, pluginFolder } from "../../shared/games/index.js";
import type { GameProfile } from "../../shared/games/profile.js";
import { UserError } from "../errors.js";
import { realPath, systemPath } from "../files/path-bytes.js";
import type { EngineChoice } from "../frida/engine.js";
import { locate, programPath } from "../frida/locate.js";
import { findIgnoringCase } from "../process/find-ignoring-case.js";
import { findProgram } from "../process/find-program.js";

/** A running program, by file name or pid, or a program file to be started. */
export type ProgramToFind =
    { process: string | number; engine?: EngineChoice } | { program: string; engine?: EngineChoice };

/** A configuration file in the folder of a program. */
export interface FoundConfigFile {
    /** Its path, as this system spells it. */
    file: string;
    /** False if it belongs to another user, whose settings must not reach our engine unasked. */
    trusted: boolean;
}

/**
 * Finds the configuration file of a program: `poolnv.ini` in the plugin folder of its game, `Data/NVSE/Plugins` for other
 * programs. Null if there is none or the program's folder is not known.
 */
export function findConfigFile(
    wanted: ProgramToFind,
    profiles: readonly GameProfile[] = gameProfiles,
): FoundConfigFile | null {
    const program = pathOf(wanted);
    const file = program === null ? null : findIgnoringCase(path.dirname(program), pathFrom(program, profiles));
    const stats = file === null ? undefined : statSync(systemPath(file), { throwIfNoEntry: false });
    return file === null || stats?.isFile() !== true ? null : { file, trusted: isTrusted(stats) };
}

function pathFrom(program: string, profiles: readonly GameProfile[]): string[] {
    return [...pluginFolder(path.basename(program), profiles), "poolnv.ini"];
}

/** A program that can't be found is reported later, by `attach` or `launch`. */
function pathOf(wanted: ProgramToFind): string | null {
    try {
        if ("process" in wanted) {
            return programPath(locate(wanted.process, wanted.engine ?? "auto"));
        }
        const file = findProgram(wanted.program);
        return /\.exe$/i.test(file) ? file : realPath(file);
    } catch (error) {
        if (error instanceof UserError) {
            return null;
        }
        throw error;
    }
}

/** Owned by us, by root or by the user who called sudo. Windows has no user numbers: everything is trusted. */
function isTrusted({ uid }: Stats): boolean {
    const ours = process.getuid?.();
    return ours === undefined || [ours, 0, Number(process.env["SUDO_UID"] ?? ours)].includes(uid);
}
