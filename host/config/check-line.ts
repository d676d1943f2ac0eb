import { UserError } from "../errors.js";
import { nearest } from "../text/words.js";
import { type Section, sections } from "./setting-table.js";
import { checkSetting, rowOf, type SettingName, settingNames, type Settings } from "./settings.js";

/*
 * Checks of one line of a configuration file. Every function throws UserError BAD_CONFIG, whose message begins with the
 * place: `poolnv.ini:3`.
 */

/** The error for a line that can't be parsed. */
export function unreadable(line: string, place: string): UserError {
    return badConfig(place, `"${shown(line)}" is not of the form key = value`, settingsHint);
}

/** The section of a heading. */
export function checkHeading(written: string, place: string): Section {
    const section = sections.find((known) => known === written.toLowerCase());
    if (section === undefined) {
        const hint = hintAt(nearest(shown(written), sections), (meant) => `[${meant}]`);
        throw badConfig(place, `there is no section [${shown(written)}]${hint}`, sectionsHint);
    }
    return section;
}

/** The setting of a key; case-insensitive. */
export function checkName(written: string, place: string): SettingName {
    const name = settingNames.find((known) => known === written.toLowerCase());
    if (name === undefined) {
        const hint = hintAt(nearest(shown(written), settingNames), (meant) => meant);
        throw badConfig(place, `there is no setting "${shown(written)}"${hint}`, settingsHint);
    }
    return name;
}

/** A setting may be set once, below its own heading. Settings of the section [pool] need no heading. */
export function checkPlace(
    name: SettingName,
    section: Section | null,
    earlier: number | undefined,
    place: string,
): void {
    const home = rowOf(name).section;
    if (home !== (section ?? "pool")) {
        const found = section === null ? "" : `, not below [${section}]`;
        throw badConfig(place, `${name} belongs below the heading [${home}]${found}`, `Move it below [${home}].`);
    }
    if (earlier !== undefined) {
        throw badConfig(place, `${name} is set twice; line ${earlier} sets it, too`, "Keep one of the two.");
    }
}

/** A setting with its value. */
export function checkValue(name: SettingName, value: string, place: string): Settings {
    const quoted = value.startsWith('"');
    const checked = quoted ? { expectation: quotesExpected } : checkSetting(name, value);
    if ("expectation" in checked) {
        throw badConfig(
            place,
            `${name} is ${quoted ? shown(value) : `"${shown(value)}"`}, but ${checked.expectation}`,
            "Correct that line.",
        );
    }
    return checked.settings;
}

const settingsHint = `Settings: ${settingNames.join(", ")}.`;
const quotesExpected = "between quotes \\ is written \\\\, and both quotes are needed";
const sectionsHint = `Sections: ${sections.map((section) => `[${section}]`).join(" and ")}.`;

function hintAt(meant: string | undefined, write: (meant: string) => string): string {
    return meant === undefined ? "" : `; did you mean ${write(meant)}?`;
}

/** Text of the file for a message: safe on a terminal, and shortened. */
function shown(text: string): string {
    const printable = text.trim().replace(/\p{C}/gu, "\uFFFD");
    return printable.length > 60 ? `${printable.slice(0, 60)}...` : printable;
}

function badConfig(place: string, what: string, resolution: string): UserError {
    return new UserError("BAD_CONFIG", `${place}: ${what}${/[.?]$/.test(what) ? "" : "."}`, resolution);
}
