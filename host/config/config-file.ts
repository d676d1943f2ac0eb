import { readFile } from "node:fs/promises";
import path from "node:path";
import ini from "ini";

import { nearest } from "../console/nearest.js";
import { UserError } from "../errors.js";
import type { PoolOptions } from "../session/pool-session.js";
import { resolvePaths } from "./paths.js";
import { checkSetting, type SettingName, settingNames, type Settings, toPoolOptions } from "./settings.js";

/**
 * Reads a configuration file for `attach`, `connect` and `launch`.
 *
 * @throws UserError BAD_CONFIG, naming file and line
 */
export async function readPoolOptions(file: string): Promise<PoolOptions> {
    return toPoolOptions(await readConfigFile(file));
}

/**
 * Reads settings from an INI file: `key = value` lines, a `[pool]` heading if one likes, `;` and `#` comments.
 * Relative paths in it start at its own folder.
 *
 * @throws UserError BAD_CONFIG, naming file and line
 */
export async function readConfigFile(file: string): Promise<Settings> {
    const text = await readFile(file, "utf8").catch((error: unknown) => {
        throw new UserError(
            "BAD_CONFIG",
            `The configuration file ${file} cannot be read: ${(error as Error).message}.`,
            "Name a readable file with --config, or leave the option out.",
            { cause: error },
        );
    });
    return resolvePaths(parseConfig(text, file), path.dirname(path.resolve(file)));
}

/** Like {@link readConfigFile}, with the text at hand; paths stay as written. */
export function parseConfig(text: string, file: string): Settings {
    const settings: Settings = {};
    const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
    for (const [index, line] of lines.entries()) {
        Object.assign(settings, parseConfigLine(line, settings, `${file}:${index + 1}`));
    }
    return settings;
}

/** An INI file is a list of lines, so each line is parsed by itself: that is how its number is known. */
function parseConfigLine(line: string, earlier: Settings, place: string): Settings {
    const entry = Object.entries(ini.parse(line, { bracketedArray: false }))[0];
    if (/^\s*([;#]|$)/.test(line)) {
        return {};
    }
    if (entry !== undefined && typeof entry[1] === "object" && entry[1] !== null) {
        return checkSection(entry[0], place);
    }
    if (entry === undefined || !line.includes("=")) {
        throw badConfig(place, `"${line.trim()}" is not of the form key = value`, SETTINGS_HINT);
    }
    const name = checkName(entry[0], earlier, place);
    const value = String(entry[1]);
    const checked = checkSetting(name, value);
    if ("expectation" in checked) {
        throw badConfig(place, `${name} is "${value}", but ${checked.expectation}`, "Correct that line.");
    }
    return checked.settings;
}

function checkSection(section: string, place: string): Settings {
    if (section.trim().toLowerCase() !== "pool") {
        throw badConfig(place, `there is no section [${section}]`, "Use [pool], or no section at all.");
    }
    return {};
}

function checkName(written: string, earlier: Settings, place: string): SettingName {
    const name = settingNames.find((known) => known === written.toLowerCase());
    if (name === undefined) {
        const meant = nearest(written, settingNames);
        const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
        throw badConfig(place, `there is no setting "${written}"${hint}`, SETTINGS_HINT);
    }
    if (name in earlier) {
        throw badConfig(place, `${name} is set a second time`, "Keep one of the two lines.");
    }
    return name;
}

const SETTINGS_HINT = `Settings: ${settingNames.join(", ")}.`;

function badConfig(place: string, what: string, resolution: string): UserError {
    return new UserError("BAD_CONFIG", `${place}: ${what}${/[.?]$/.test(what) ? "" : "."}`, resolution);
}
