import path from "node:path";

import { nearest } from "../console/nearest.js";
import { UserError } from "../errors.js";
import type { PoolOptions } from "../session/pool-session.js";
import { readConfigLine } from "./config-line.js";
import { readConfigText } from "./config-text.js";
import { resolvePaths } from "./paths.js";
import { toPoolOptions } from "./pool-options.js";
import { sections } from "./sections.js";
import type { Section } from "./setting-table.js";
import { joinSettings } from "./settings-in-force.js";
import { checkSetting, rowOf, type SettingName, settingNames, type Settings } from "./settings.js";

/** A configuration file that was read. */
export interface ConfigFile {
    /** As it was named. */
    readonly file: string;
    readonly settings: Settings;
    /** Number of the line in which each of them stands. */
    readonly lines: Partial<Record<SettingName, number>>;
}

/**
 * Reads a configuration file for `attach`, `connect` and `launch`.
 *
 * @throws UserError BAD_CONFIG, naming file and line
 */
export async function readPoolOptions(file: string): Promise<PoolOptions> {
    const { settings } = joinSettings(await readConfigFile(file), {});
    return { ...toPoolOptions(settings), settingsFile: path.resolve(file) };
}

/**
 * Reads settings from an INI file: `key = value` lines below their headings, `;` and `#` comments. Relative paths in it
 * start at its own folder. Whether the settings go together, {@link joinSettings} knows.
 *
 * @throws UserError BAD_CONFIG, naming file and line
 */
export async function readConfigFile(file: string): Promise<ConfigFile> {
    const config = parseConfig(await readConfigText(file), file);
    return { ...config, settings: resolvePaths(config.settings, path.dirname(path.resolve(file))) };
}

/** Like {@link readConfigFile}, with the text at hand; paths stay as written. */
export function parseConfig(text: string, file: string): ConfigFile {
    const config: ConfigFile = { file, settings: {}, lines: {} };
    let section: Section | null = null;
    for (const [index, line] of text
        .replace(/^\uFEFF/, "")
        .split(/\r\n|\r|\n/)
        .entries()) {
        const place = `${file}:${index + 1}`;
        const read = readConfigLine(line);
        if (read === null) {
            throw badConfig(place, `"${shown(line)}" is not of the form key = value`, SETTINGS_HINT);
        }
        if (read.kind === "heading") {
            section = checkHeading(read.name, place);
        } else if (read.kind === "setting") {
            const name = checkName(read.key, place);
            checkPlace(name, section, config.lines[name], place);
            Object.assign(config.settings, checkValue(name, read.value, place));
            config.lines[name] = index + 1;
        }
    }
    return config;
}

function checkHeading(written: string, place: string): Section {
    const section = sections.find((known) => known === written.toLowerCase());
    if (section === undefined) {
        const hint = hintAt(nearest(shown(written), sections), (meant) => `[${meant}]`);
        throw badConfig(place, `there is no section [${shown(written)}]${hint}`, SECTIONS_HINT);
    }
    return section;
}

function checkName(written: string, place: string): SettingName {
    const name = settingNames.find((known) => known === written.toLowerCase());
    if (name === undefined) {
        const hint = hintAt(nearest(shown(written), settingNames), (meant) => meant);
        throw badConfig(place, `there is no setting "${shown(written)}"${hint}`, SETTINGS_HINT);
    }
    return name;
}

/** Settings of the pool need no heading. */
function checkPlace(name: SettingName, section: Section | null, earlier: number | undefined, place: string): void {
    const home = rowOf(name).section;
    if (home !== (section ?? "pool")) {
        const stray = section === null ? "" : `, not below [${section}]`;
        throw badConfig(place, `${name} belongs below the heading [${home}]${stray}`, `Move it below [${home}].`);
    }
    if (earlier !== undefined) {
        throw badConfig(place, `${name} is set a second time; line ${earlier} sets it, too`, "Keep one of the two.");
    }
}

function checkValue(name: SettingName, value: string, place: string): Settings {
    const quoted = value.startsWith('"');
    const checked = quoted ? { expectation: QUOTES } : checkSetting(name, value);
    if ("expectation" in checked) {
        throw badConfig(
            place,
            `${name} is ${quoted ? shown(value) : `"${shown(value)}"`}, but ${checked.expectation}`,
            "Correct that line.",
        );
    }
    return checked.settings;
}

const SETTINGS_HINT = `Settings: ${settingNames.join(", ")}.`;
const QUOTES = "between quotes \\ is written \\\\, and both quotes are needed";
const SECTIONS_HINT = `Sections: ${sections.map((section) => `[${section}]`).join(" and ")}.`;

function hintAt(meant: string | undefined, write: (meant: string) => string): string {
    return meant === undefined ? "" : `; did you mean ${write(meant)}?`;
}

/** Text of the file in a message: one that is safe on a terminal, and not longer than a glance. */
function shown(text: string): string {
    const printable = text.trim().replace(/\p{C}/gu, "\uFFFD");
    return printable.length > 60 ? `${printable.slice(0, 60)}...` : printable;
}

function badConfig(place: string, what: string, resolution: string): UserError {
    return new UserError("BAD_CONFIG", `${place}: ${what}${/[.?]$/.test(what) ? "" : "."}`, resolution);
}
