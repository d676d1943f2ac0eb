// @ts-check
// Joins C sources into TypeScript modules, one text per C module, for the agent to compile in the
// target. Local headers go in where they are first included; #line keeps errors on true lines.
import { readFile, writeFile, mkdir } from "node:fs/promises";

const folder = new URL("./", import.meta.url);
const target = new URL("../agent/generated/", import.meta.url);

/** @type {{ output: string, exportName: string, files: string[] }[]} */
const modules = [
    {
        output: "pool-source.ts",
        exportName: "poolSource",
        files: [
            "size_class.c",
            "segments.c",
            "pages.c",
            "span.c",
            "cache.c",
            "callers.c",
            "large.c",
            "quarantine.c",
            "block.c",
            "bump.c",
            "pool.c",
            "accounts.c",
            "lock.c",
            "crt.c",
            "crt_linux.c",
            "crt_windows.c",
            "engine_call_i386.c",
            "game_heap.c",
            "scrap_chunk.c",
            "scrap_heap.c",
            "game_desk.c",
            "hot_i386.c",
            "hot_x64.c",
            "game_heap_i386.c",
            "scrap_heap_i386.c",
            "game_desk_i386.c",
        ],
    },
    {
        output: "arm-source.ts",
        exportName: "armSource",
        files: ["arm.c", "stop_linux.c", "stop_windows.c"],
    },
];

/**
 * @param {string} file
 * @param {Set<string>} seen
 * @returns {Promise<string>}
 */
async function inline(file, seen) {
    const lines = (await readFile(new URL(file, folder), "utf8")).split("\n");
    const out = [`#line 1 "${file}"`];
    for (const [index, line] of lines.entries()) {
        const header = /^#include "([^"]+)"/.exec(line)?.[1];
        if (header === undefined) {
            out.push(line);
        } else if (header === "platform_native.h" || seen.has(header)) {
            out.push("");
        } else {
            seen.add(header);
            out.push(await inline(header, seen), `#line ${index + 2} "${file}"`);
        }
    }
    return out.join("\n");
}

await mkdir(target, { recursive: true });
for (const { output, exportName, files } of modules) {
    /** @type {Set<string>} */
    const seen = new Set();
    const parts = [];
    for (const file of files) parts.push(await inline(file, seen));
    const text = parts
        .join("\n")
        .split("\n")
        .map((line) => `    ${JSON.stringify(line)},`)
        .join("\n");
    const source =
        `// Written by cmodule/embed.mjs from ${files.join(", ")}. Do not edit.\n\n` +
        `export const ${exportName}: string = [\n${text}\n].join("\\n");\n`;
    await writeFile(new URL(output, target), source);
    console.log(`agent/generated/${output}: ${source.length} characters`);
}
