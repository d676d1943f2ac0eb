import { EOL } from "node:os";
import path from "node:path";
import { writeNamedFile } from "../files/named-file.js";
import { notWritable } from "../files/not-writable.js";
import { sectionNotes, sections, type SettingRow } from "./setting-table.js";
import { describeDefault, rowOf, type SettingName, settingNames, type SettingValue, writeValue } from "./settings.js";

/**
 * Writes a configuration file with every setting at its default and a comment about each.
 *
 * @returns the full path of the file
 * @throws UserError FILE_EXISTS unless `overwrite` is set, FILE_NOT_WRITABLE
 */
export async function writeConfigFile(file: string, overwrite: boolean): Promise<string> {
    const full = path.resolve(file);
    try {
        await writeNamedFile(full, writeTemplate().replaceAll("\n", EOL), overwrite);
        return full;
    } catch (error) {
        throw notWritable(full, error, {
            place: "Name a file in a folder that exists and is yours: poolnv config --init FILE",
        });
    }
}

/** The text of a configuration file with every setting at its default and a comment about each. */
export function writeTemplate(): string {
    return [...head.map(comment), ...sections.flatMap(writeSection)].join("\n") + "\n";
}

const head = [
    "Settings of poolnv, a memory pool under a running program.",
    "",
    "Every setting is listed with its default. Change the value after the =, save the file and",
    "restart the program. Options on the command line override this file.",
    "A line that begins with ; is a comment; a setting in a comment is not set.",
];

function writeSection(section: (typeof sections)[number]): string[] {
    const names = settingNames.filter((name) => rowOf(name).section === section);
    return ["", `[${section}]`, ...sectionNotes[section].map(comment), ...names.flatMap(writeSetting)];
}

/** A setting that has no default is written as a comment. */
function writeSetting(name: SettingName): string[] {
    const row = rowOf(name);
    const { summary, advice } = row;
    const about = [`${summary[0]!.toUpperCase()}${summary.slice(1)}.`, ...advice, facts(row)];
    const line = row.default === null ? `;${name} =` : `${name} = ${writeValue(row.default)}`;
    return ["", ...about.map(comment), line];
}

function facts(row: SettingRow<SettingValue>): string {
    const { unit, label, accepts } = row.kind;
    const unitWords = unit === null ? "" : `Unit: ${unit}. `;
    return `${unitWords}${label}: ${accepts}. Default: ${describeDefault(row)}.`;
}

function comment(line: string): string {
    return `; ${line}`.trimEnd();
}
