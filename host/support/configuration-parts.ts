import { lstatSync } from "node:fs";
import type { GameProfile } from "../../shared/games/profile.js";
import { readConfigFile } from "../config/config-file.js";
import { readConfigText } from "../config/config-text.js";
import { findConfigFile } from "../config/find-config-file.js";
import { joinSettings, settingsDocument } from "../config/settings-in-force.js";
import type { Finding } from "../doctor/finding.js";
import { UserError } from "../errors.js";
import { systemPath } from "../files/path-bytes.js";
import type { FoundGame } from "../game/found-game.js";
import { documentPart, type SupportPart } from "./bundle.js";

/** The settings in force, and their file. A link is followed only to a file of valid settings. */
export async function configurationParts(
    named: string | undefined,
    game: FoundGame | null,
    profiles?: readonly GameProfile[],
): Promise<SupportPart[]> {
    const file = named ?? (game === null ? null : fileOf(game, profiles));
    const text = file === null ? null : await attempt(() => readConfigText(file));
    const settings = await attempt(async () => joinSettings(file === null ? null : await readConfigFile(file), {}));
    const isShown = settings !== null || (file !== null && !isLink(file));
    return [
        ...(settings === null
            ? []
            : [documentPart("configuration.json", "the settings in force", settingsDocument(settings, file))]),
        ...(file === null || text === null || !isShown ? [] : [{ name: "poolnv.ini", source: file, text }]),
    ];
}

/** Doctor quotes lines that are no settings. If the file is a link, they may be lines of any file: this removes them. */
export function unquoted(
    findings: readonly Finding[],
    game: FoundGame | null,
    profiles?: readonly GameProfile[],
): readonly Finding[] {
    const file = game === null ? null : fileOf(game, profiles);
    if (file === null || !isLink(file)) return findings;
    return findings.map((finding) =>
        finding.id === "configuration" && finding.level === "error"
            ? { ...finding, message: `${file} is a link to a file without valid settings` }
            : finding,
    );
}

function isLink(file: string): boolean {
    return lstatSync(systemPath(file), { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** Null for a UserError, which doctor reports. */
async function attempt<T>(work: () => Promise<T>): Promise<T | null> {
    try {
        return await work();
    } catch (error) {
        if (error instanceof UserError) return null;
        throw error;
    }
}

function fileOf({ program }: FoundGame, profiles?: readonly GameProfile[]): string | null {
    const found = findConfigFile({ program }, profiles);
    return found?.trusted === true ? found.file : null;
}
