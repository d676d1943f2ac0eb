// @ts-check
// Bundles the command line and the API, because loading some 250 modules takes longer than most commands do: a second
// under Wine, where each access to a file takes a millisecond.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { minify } from "@frida/terser";
import commonjs from "@rollup/plugin-commonjs";
import nodeResolve from "@rollup/plugin-node-resolve";
import { rollup } from "@rollup/wasm-node";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = `${root}dist/bundle`;

/** The command line, and the API as `exports` of package.json names it. They share modules: `UserError` is one class. */
const entries = {
    run: "cli/run",
    index: "index",
    loadtest: "loadtest/index",
    monitor: "monitor/index",
    saves: "game/saves/index",
};

/** Packages that every command needs. They are bundled with what they import; others are loaded from their own files. */
const startupPackages = [
    "cli-table3",
    "env-paths",
    "fastest-levenshtein",
    "ini",
    "is-safe-filename",
    "picocolors",
    "yargs",
    "zod",
];

/** Warnings about packages: compiled code with a global `this`, cycles, comments of other bundlers. */
const harmless = ["THIS_IS_UNDEFINED", "CIRCULAR_DEPENDENCY", "INVALID_ANNOTATION"];

export async function bundleHost() {
    rmSync(folder, { recursive: true, force: true });
    const inputs = Object.entries(entries).map(([name, path]) => [name, `${root}dist/host/${path}.js`]);
    const bundle = await rollup({
        input: Object.fromEntries(inputs),
        external: isExternal,
        plugins: [
            nodeResolve({ exportConditions: ["node"] }),
            commonjs(),
            { name: "places", resolveImportMeta },
            { name: "size", renderChunk },
        ],
        onwarn: ({ code, message }) => {
            if (!harmless.includes(code ?? "")) throw new Error(`${code}: ${message}`);
        },
    });
    const { output } = await bundle.write({ dir: folder, format: "es", minifyInternalExports: false });
    await bundle.close();
    writeLicences(output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : [])));
}

/**
 * Leaves out comments and indentation, half of the text. Names and lines stay, for what errors show of the stack.
 *
 * @param {string} code
 */
async function renderChunk(code) {
    const format = { beautify: true, indent_level: 0, comments: /@license|@preserve|^!/ };
    const { code: short } = await minify(code, { module: true, compress: false, mangle: false, format });
    return { code: short ?? code, map: null };
}

/**
 * @param {string} id of an import
 * @param {string | undefined} importer
 */
function isExternal(id, importer) {
    const isPackage = /^[a-z@]/.test(id) && importer?.includes("node_modules") === false;
    return id.startsWith("node:") || (isPackage && !startupPackages.includes(packageOf(id)));
}

/** @param {string} id of an import */
function packageOf(id) {
    return id.split("/", id.startsWith("@") ? 2 : 1).join("/");
}

/**
 * Our modules find files and workers by their own place, which stays that of the module.
 *
 * @param {string | null} property
 * @param {{ chunkId: string, moduleId: string }} place
 */
function resolveImportMeta(property, { chunkId, moduleId }) {
    if (property !== "url" || moduleId.includes("node_modules")) return null;
    const path = relative(dirname(join(folder, chunkId)), moduleId).replaceAll("\\", "/");
    return `new URL(${JSON.stringify(path)}, import.meta.url).href`;
}

/**
 * The packages' licences demand that copies carry them.
 *
 * @param {string[]} modules
 */
function writeLicences(modules) {
    const places = modules.map((module) => /^\0?(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(module)?.[1]);
    const texts = [...new Set(places)].sort().flatMap((place) => {
        if (place === undefined) return [];
        const { name, version } = JSON.parse(readFileSync(`${place}/package.json`, "utf8"));
        const file = readdirSync(place).find((name) => /^licen[cs]e/i.test(name));
        if (file === undefined) throw new Error(`${name} has no licence file`);
        return [`${name} ${version}\n\n${readFileSync(`${place}/${file}`, "utf8").trim()}\n`];
    });
    writeFileSync(`${folder}/LICENCES.txt`, texts.join(`\n${"-".repeat(80)}\n\n`));
}
