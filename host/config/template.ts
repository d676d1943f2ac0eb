import { sectionNotes, sections } from "./sections.js";
import type { SettingRow } from "./setting-table.js";
import { describeDefault, rowOf, type SettingName, settingNames, type SettingValue, writeValue } from "./settings.js";

/** A configuration file with every setting at its default and a comment about each. */
export function writeTemplate(): string {
    return [...HEAD.map(comment), ...sections.flatMap(writeSection)].join("\n") + "\n";
}

const HEAD = [
    "Settings of poolnv, a memory pool under a running program.",
    "",
    "Every setting stands here with its default. Change what stands behind the =, save the file,",
    "and start the program anew. Options on the command line win over this file.",
    "A line that begins with ; is a comment; a setting in one is not set.",
];

function writeSection(section: (typeof sections)[number]): string[] {
    const names = settingNames.filter((name) => rowOf(name).section === section);
    return ["", `[${section}]`, ...sectionNotes[section].map(comment), ...names.flatMap(writeSetting)];
}

/** A setting without a default that could be written stands as a comment. */
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
