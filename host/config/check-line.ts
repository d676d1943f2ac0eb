import { nearest } from "../text/nearest.js";
import { UserError } from "../errors.js";
import { sections } from "./sections.js";
import type { Section } from "./setting-table.js";
import { checkSetting, rowOf, type SettingName, settingNames, type Settings } from "./settings.js";

/*
 * What is wrong with a line of a configuration file. Every function throws UserError BAD_CONFIG, which begins with
 * the place: `poolnv.ini:3`.
 */

/** The error for a line that is nothing known. */
export function unreadable(line: string, place: string): UserError {
    return badConfig(place, `"${shown(line)}" is not of the form key = value`, SETTINGS_HINT);
}

/** The section that a heading begins. */
export function checkHeading(written: string, place: string): Section {
    const section = sections.find((known) => known === written.toLowerCase());
    if (section === undefined) {
        const hint = hintAt(nearest(shown(written), sections), (meant) => `[${meant}]`);
        throw badConfig(place, `there is no section [${shown(written)}]${hint}`, SECTIONS_HINT);
    }
    return section;
}

/** The setting that a key means, in any case of letters. */
export function checkName(written: string, place: string): SettingName {
    const name = settingNames.find((known) => known === written.toLowerCase());
    if (name === undefined) {
        const hint = hintAt(nearest(shown(written), settingNames), (meant) => meant);
        throw badConfig(place, `there is no setting "${shown(written)}"${hint}`, SETTINGS_HINT);
    }
    return name;
}

/** A setting stands below its heading, and once. Settings of the pool need no heading. */
export function checkPlace(
    name: SettingName,
    section: Section | null,
    earlier: number | undefined,
    place: string,
): void {
    const home = rowOf(name).section;
    if (home !== (section ?? "pool")) {
        const stray = section === null ? "" : `, not below [${section}]`;
        throw badConfig(place, `${name} belongs below the heading [${home}]${stray}`, `Move it below [${home}].`);
    }
    if (earlier !== undefined) {
        throw badConfig(place, `${name} is set a second time; line ${earlier} sets it, too`, "Keep one of the two.");
    }
}

/** A setting with its value. */
export function checkValue(name: SettingName, value: string, place: string): Settings {
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
