import path from "node:path";
import ini from "ini";
import { fullPath } from "../files/path-bytes.js";
import { checkHeading, checkName, checkPlace, checkValue, unreadable } from "./check-line.js";
import { readConfigText } from "./config-text.js";
import type { Section } from "./setting-table.js";
import { resolvePaths, type SettingName, type Settings } from "./settings.js";

/** A configuration file that was read. */
export interface ConfigFile {
    /** Name as given. */
    readonly file: string;
    readonly settings: Settings;
    /** Line number of each setting. */
    readonly lines: Partial<Record<SettingName, number>>;
}

/**
 * Reads settings from an INI file: `key = value` lines below headings, `;` and `#` comments. Relative paths in it are
 * relative to its folder. `joinSettings` checks the settings for conflicts.
 *
 * @throws UserError BAD_CONFIG, naming file and line
 */
export async function readConfigFile(file: string): Promise<ConfigFile> {
    const config = parseConfig(await readConfigText(file), file);
    return { ...config, settings: resolvePaths(config.settings, path.dirname(fullPath(file))) };
}

/** Like {@link readConfigFile}, from text; paths stay as written. */
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

/** One line of an INI file; null if it is neither comment nor heading nor `key = value`. */
type ConfigLine =
    { kind: "nothing" } | { kind: "heading"; name: string } | { kind: "setting"; key: string; value: string } | null;

function readConfigLine(line: string): ConfigLine {
    if (/^\s*([;#]|$)/.test(line)) return { kind: "nothing" };
    const heading = /^\s*\[([^\]]*)\]\s*([;#].*)?$/.exec(line)?.[1];
    if (heading !== undefined) return { kind: "heading", name: heading.trim() };
    const equals = line.indexOf("=");
    const key = line.slice(0, Math.max(equals, 0)).trim();
    return key === "" ? null : { kind: "setting", key, value: decodeValue(line.slice(equals + 1)) };
}

/** Removes comment and quotes. Between single quotes the library parses any JSON; only text is accepted. */
function decodeValue(written: string): string {
    const decoded: unknown = ini.unsafe(written);
    return typeof decoded === "string" ? decoded : written.trim();
}
