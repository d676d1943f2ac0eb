// @ts-check
// Joins C sources into TypeScript modules, one text per C module, for the agent to compile in the target program. Local
// headers are inserted where they are first included; #line keeps the compiler's messages on the true lines.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

const sources = new URL("../cmodule/", import.meta.url);
const target = new URL("../agent/generated/", import.meta.url);

/** Headers that are not for the target program. */
const native = /[/_]native\.h$/;

/** @type {{ output: string, exportName: string, files: string[] }[]} */
const modules = [
    {
        output: "pool-source.ts",
        exportName: "poolSource",
        files: [
            "pool/header.c",
            "pool/size_class.c",
            "pool/usage.c",
            "pool/lock.c",
            "pool/segments.c",
            "pool/page_heap.c",
            "pool/span.c",
            "pool/magazine.c",
            "pool/thread_cache.c",
            "pool/large.c",
            "pool/quarantine.c",
            "pool/block.c",
            "pool/bump.c",
            "pool/pool.c",
            "pool/stats.c",
            "pool/sampler.c",
            "hooks/crt.c",
            "hooks/crt_linux.c",
            "hooks/crt_override.c",
            "hooks/fork_linux.c",
            "hooks/crt_windows.c",
            "hooks/heap_imports.c",
            "hooks/thiscall_i386.c",
            "hooks/game_heap.c",
            "hooks/scrap_chunk.c",
            "hooks/scrap_heap.c",
            "hooks/main_thread.c",
            "hooks/fast_i386.c",
            "hooks/fast_x64.c",
            "hooks/game_heap_i386.c",
            "hooks/scrap_heap_i386.c",
        ],
    },
    {
        output: "patch-source.ts",
        exportName: "patchSource",
        files: ["patch/patch.c", "patch/suspend_linux.c", "patch/suspend_windows.c"],
    },
    {
        output: "resident-source.ts",
        exportName: "residentSource",
        files: [
            "resident/resident.c",
            "resident/mailbox.c",
            "resident/requests.c",
            "resident/monitors.c",
            "resident/log.c",
            "resident/text.c",
            "resident/exceptions.c",
            "resident/linux_call.c",
            "resident/linux_thread.c",
            "resident/linux.c",
            "resident/linux_files.c",
            "resident/linux_space.c",
            "resident/linux_exceptions.c",
            "resident/windows.c",
            "resident/windows_mailbox.c",
            "resident/windows_log.c",
            "resident/windows_memory.c",
            "resident/windows_modules.c",
            "resident/windows_namesakes.c",
            "resident/windows_exceptions.c",
            "resident/windows_text.c",
        ],
    },
];

/**
 * Comments and spaces are more than half of the text, which the package holds and every installation compiles.
 *
 * @param {string} text whose lines keep their numbers
 */
function compact(text) {
    const withoutComments = text.replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\*[^]*?\*\//g, (part) =>
        part.startsWith("/*") ? ` ${part.replace(/[^\n]/g, "")}` : part,
    );
    const lines = withoutComments.split("\n");
    let isDirective = false;
    const compacted = lines.map((line) => {
        const isContinued = isDirective && line.trim() !== "";
        isDirective = isContinued || /^\s*#/.test(line);
        const short = withoutSpaces(line, isDirective);
        isDirective &&= short.endsWith("\\");
        return short;
    });
    return compacted
        .join("\n")
        .replace(/^#line (\d+) ("[^"]*")((?:\n(?!#line ).*)*)/gm, (_, first, file, body) =>
            [`#line ${first} ${file}`, ...withoutGaps(body.split("\n").slice(1), Number(first))].join("\n"),
        );
}

/**
 * @param {string} line
 * @param {boolean} isDirective of the preprocessor, where a space may matter
 */
function withoutSpaces(line, isDirective) {
    const tokens = line.trim().match(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[\w.]+|\s+|[^]/g) ?? [];
    return tokens
        .map((token, index) => {
            if (token.trim() !== "") return token;
            const between = (tokens[index - 1]?.at(-1) ?? "") + (tokens[index + 1]?.[0] ?? "");
            return isDirective || /^[\w."']{2}$|^[-+&|<>=!*/%^:#]{2}$/.test(between) ? " " : "";
        })
        .join("");
}

/**
 * Long gaps become a number.
 *
 * @param {string[]} lines of one file
 * @param {number} first number of the first of them
 */
function withoutGaps(lines, first) {
    /** @type {string[]} */
    const kept = [];
    for (let at = 0; at < lines.length; at++) {
        let end = at;
        while (end < lines.length && lines[end] === "") end++;
        if (end - at > 4) {
            kept.push(`#line ${first + end}`);
            at = end - 1;
        } else {
            kept.push(lines[at] ?? "");
        }
    }
    return kept;
}

/**
 * @param {URL} file
 * @param {Set<string>} seen
 * @returns {Promise<string>}
 */
async function inline(file, seen) {
    const name = relative(fileURLToPath(sources), fileURLToPath(file)).replaceAll("\\", "/");
    const lines = (await readFile(file, "utf8")).split("\n");
    const out = [`#line 1 "${name}"`];
    for (const [index, line] of lines.entries()) {
        const included = /^#include "([^"]+)"/.exec(line)?.[1];
        if (included === undefined) {
            out.push(line);
            continue;
        }
        const header = new URL(included, file);
        if (native.test(header.href) || seen.has(header.href)) {
            out.push("");
        } else {
            seen.add(header.href);
            out.push(await inline(header, seen), `#line ${index + 2} "${name}"`);
        }
    }
    return out.join("\n");
}

await mkdir(target, { recursive: true });
for (const { output, exportName, files } of modules) {
    /** @type {Set<string>} */
    const seen = new Set();
    const parts = [];
    for (const file of files) parts.push(await inline(new URL(file, sources), seen));
    const source =
        `// Written by tools/embed-c.mjs from ${files.join(", ")}. Do not edit.\n\n` +
        `export const ${exportName} =\n    ${JSON.stringify(compact(parts.join("\n")))};\n`;
    await writeFile(new URL(output, target), source);
    console.log(`agent/generated/${output}: ${source.length} characters`);
}
