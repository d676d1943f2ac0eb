import path from "node:path";

import type { PoolOptions } from "../client/pool-session.js";
import { checkHeading, checkName, checkPlace, checkValue, unreadable } from "./check-line.js";
import { readConfigLine } from "./config-line.js";
import { readConfigText } from "./config-text.js";
import { resolvePaths } from "./paths.js";
import { toPoolOptions } from "./pool-options.js";
import type { Section } from "./setting-table.js";
import { joinSettings } from "./settings-in-force.js";
import type { SettingName, Settings } from "./settings.js";

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
    const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
    for (const [index, line] of lines.entries()) {
        const place = `${file}:${index + 1}`;
        const read = readConfigLine(line);
        if (read === null) {
            throw unreadable(line, place);
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
