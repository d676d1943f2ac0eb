// @ts-check
// The sections of docs/commands.md: the help of each command as the real parser prints it, then the notes and the example
// that command-notes.md has about it.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const commandLine = fileURLToPath(new URL("../../dist/host/bin.js", import.meta.url));
const notesFile = new URL("command-notes.md", import.meta.url);

/**
 * @returns {Promise<string>} a section for each command, in the order of `poolnv --help`
 * @throws {Error} if a command has no notes, or notes have no command
 */
export async function commandSections() {
    const notes = readNotes();
    const sections = [];
    for (const name of await commandNames([])) {
        sections.push(section(name, await helpOf(name), notes));
        notes.delete(name);
    }
    if (notes.size > 0) throw new Error(`notes about commands that do not exist: ${[...notes.keys()].join(", ")}`);
    return sections.join("\n\n");
}

/**
 * The names of the commands below one, and of those below them: `report`, `report html`, …
 *
 * @param {string[]} parent
 * @returns {Promise<string[]>}
 */
async function commandNames(parent) {
    const help = await helpOf(parent.join(" "));
    const listed = /^Commands:\n((?: {2}.*\n)+)/m.exec(help)?.[1] ?? "";
    const names = [];
    for (const line of listed.split("\n")) {
        const words = /^ {2}poolnv ((?:[a-z]+ ?)+)/.exec(line)?.[1]?.trim().split(" ");
        if (words === undefined || words.length <= parent.length) continue;
        const path = words.slice(0, parent.length + 1);
        names.push(path.join(" "), ...(await commandNames(path)));
    }
    return names;
}

/** @param {string} command `report html` @returns {Promise<string>} what `poolnv COMMAND --help` prints */
async function helpOf(command) {
    const known = helps.get(command);
    if (known !== undefined) return known;
    const words = command === "" ? [] : command.split(" ");
    const { stdout } = await promisify(execFile)(process.execPath, [commandLine, ...words, "--help"]);
    helps.set(command, stdout);
    return stdout;
}

/** @type {Map<string, string>} */
const helps = new Map();

/**
 * @param {string} name
 * @param {string} help
 * @param {Map<string, string>} notes
 */
function section(name, help, notes) {
    const about = notes.get(name);
    if (about === undefined) throw new Error(`${fileURLToPath(notesFile)} has no section "## ${name}"`);
    return [`## ${name}`, "```text\n" + help.trimEnd() + "\n```", about].join("\n\n");
}

/** @returns {Map<string, string>} by command */
function readNotes() {
    const sections = readFileSync(notesFile, "utf8").split(/^## /m).slice(1);
    return new Map(
        sections.map((text) => [text.slice(0, text.indexOf("\n")).trim(), text.slice(text.indexOf("\n")).trim()]),
    );
}
