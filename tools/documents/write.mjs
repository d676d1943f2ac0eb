// @ts-check
// Writes the generated parts of the documents, or checks that they are up to date.
//
//     node tools/documents/write.mjs            writes
//     node tools/documents/write.mjs --check    exit code 1 if a document differs from its source
//
// A generated part stands between `<!-- generated: NAME -->` and `<!-- end -->`; everything else is written by hand.
// Reads the built command line and settings, so the project has to be built first.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import { commandSections } from "./commands.mjs";
import { latencySection, memoryTable, targetTables, timeTables } from "./figures.mjs";
import { settingSections } from "./settings.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The parts of each document by name. @type {Record<string, Record<string, () => string | Promise<string>>>} */
const documents = {
    "docs/commands.md": { commands: commandSections },
    "docs/configuration.md": { settings: settingSections },
    "docs/benchmarks.md": {
        times: timeTables,
        latency: latencySection,
        memory: memoryTable,
        targets: targetTables,
    },
};

const isCheck = process.argv.includes("--check");
const outdated = [];

for (const [path, parts] of Object.entries(documents)) {
    const before = readFileSync(root + path, "utf8");
    let text = before;
    for (const [name, generate] of Object.entries(parts)) text = replacePart(text, name, await generate(), path);
    const after = await format(text, { ...(await resolveConfig(root + path)), filepath: root + path });
    if (after === before) continue;
    if (isCheck) {
        outdated.push(path);
    } else {
        writeFileSync(root + path, after);
        console.log(`wrote ${path}`);
    }
}

if (outdated.length > 0) {
    console.error(`differs from its source: ${outdated.join(", ")}; write it again: npm run docs`);
    process.exitCode = 1;
}

/**
 * @param {string} text
 * @param {string} name
 * @param {string} content
 * @param {string} path
 */
function replacePart(text, name, content, path) {
    const begin = `<!-- generated: ${name} -->`;
    const end = "<!-- end -->";
    const from = text.indexOf(begin);
    const to = text.indexOf(end, from);
    if (from < 0 || to < 0) throw new Error(`${path} has no part "${begin}" … "${end}"`);
    return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}
