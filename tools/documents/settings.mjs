// @ts-check
// The sections of docs/configuration.md: one for each row of the setting table.
import { describeDefault, rowOf, settingNames } from "../../dist/host/config/settings.js";

/** @returns {string} */
export function settingSections() {
    return settingNames.map(section).join("\n\n");
}

/** @param {(typeof settingNames)[number]} name */
function section(name) {
    const row = rowOf(name);
    const { unit, accepts } = row.kind;
    const facts = [
        `Section: \`[${row.section}]\``,
        ...(row.option === undefined ? [] : [`Option: \`--${row.option}\``]),
        `Accepts: ${accepts}${unit === null ? "" : ` ${unit}`}`,
        `Default: ${describeDefault(row)}`,
    ];
    const text = [`${row.summary[0]?.toUpperCase()}${row.summary.slice(1)}.`, ...row.advice].join(" ");
    return [`### \`${name}\``, escaped(text), facts.map((fact) => `- ${fact}`).join("\n")].join("\n\n");
}

/** A backslash of a Windows path is one in Markdown, too. @param {string} text */
function escaped(text) {
    return text.replaceAll("\\", "\\\\");
}
