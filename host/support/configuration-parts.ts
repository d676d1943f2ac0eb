import { lstatSync } from "node:fs";

import { readConfigFile } from "../config/config-file.js";
import { readConfigText } from "../config/config-text.js";
import { findConfigFile } from "../config/find-config-file.js";
import { joinSettings, settingsDocument } from "../config/settings-in-force.js";
import type { Finding } from "../doctor/finding.js";
import { UserError } from "../errors.js";
import type { FoundGame } from "../game/found-game.js";
import { documentPart, type SupportPart } from "./support-part.js";

/** The settings in force, and the file they come from. What a link leads to is taken only where it holds settings. */
export async function configurationParts(named: string | undefined, game: FoundGame | null): Promise<SupportPart[]> {
    const file = named ?? (game === null ? null : fileOf(game));
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

/** Doctor quotes what it does not understand; behind a link that may be a line of any file. */
export function unquoted(findings: readonly Finding[], game: FoundGame | null): readonly Finding[] {
    const file = game === null ? null : fileOf(game);
    if (file === null || !isLink(file)) return findings;
    return findings.map((finding) =>
        finding.id === "configuration" && finding.level === "error"
            ? { ...finding, message: `${file} is a link to a file that holds no settings` }
            : finding,
    );
}

function isLink(file: string): boolean {
    return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** Doctor tells what is wrong. */
async function attempt<T>(work: () => Promise<T>): Promise<T | null> {
    try {
        return await work();
    } catch (error) {
        if (error instanceof UserError) return null;
        throw error;
    }
}

function fileOf({ program }: FoundGame): string | null {
    const found = findConfigFile({ program });
    return found?.trusted === true ? found.file : null;
}
