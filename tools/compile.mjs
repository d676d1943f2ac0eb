// @ts-check
// Builds everything into dist/: the C text for the agent, the TypeScript, the agent bundles.
import { spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { rollup } from "@rollup/wasm-node";
import { bundleHost } from "./bundle-host.mjs";
import { markBuilt, markUnbuilt, sourceDigest } from "./source-stamp.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Browser pages: the entry of each page's script. */
const pages = ["host/loadtest/report/page/main", "host/monitor/outputs/web/page/main"];
const pageFiles = [
    "host/loadtest/report/page/body.html",
    "host/loadtest/report/page/style.css",
    "host/monitor/outputs/web/page/page.html",
];

const digest = sourceDigest();
markUnbuilt();
await step("C sources for the agent", () => node("tools/embed-c.mjs"));
await step("TypeScript", () => node("node_modules/typescript/bin/tsc", "-b"));
await step("what has lost its source", () => ["host", "shared", "test", "tools"].forEach(removeStrays));
await step("agent bundles", () => Promise.all(["agent/installer", "agent/worker"].map(bundle)));
await step("command line and API", bundleHost);
await step("scripts of the pages", () => Promise.all(pages.map(bundlePage)));
await step("files that need no compiler", copyFiles);
markBuilt(digest);

/**
 * frida-compile checks the types of an agent as well. It takes the folder that it runs in as the root of all sources, and
 * reads its compiler options from the tsconfig.json there.
 *
 * @param {string} entry path without its extension
 */
function bundle(entry) {
    const compiler = `${root}node_modules/frida-compile/dist/cli.js`;
    return run([compiler, `${entry}.ts`, "-o", `dist/${entry}.js`, "-S", "-c"], root);
}

/**
 * Bundles the modules of a page into `page.bundle.js` beside its entry. The plotting library stays a script of its own.
 *
 * @param {string} entry path without its extension
 */
async function bundlePage(entry) {
    const input = `${root}dist/${entry}.js`;
    const bundle = await rollup({ input, external: ["echarts"] });
    const file = join(dirname(input), "page.bundle.js");
    await bundle.write({ file, format: "iife", globals: { echarts: "echarts" } });
    await bundle.close();
}

function copyFiles() {
    const python = "host/frida/worker/python";
    rmSync(`${root}dist/${python}`, { recursive: true, force: true });
    cpSync(root + python, `${root}dist/${python}`, {
        recursive: true,
        filter: (path) => !path.endsWith("__pycache__"),
    });
    for (const file of pageFiles) cpSync(root + file, `${root}dist/${file}`);
    chmodSync(`${root}dist/host/bin.js`, 0o755);
}

/**
 * The compiler leaves what it made from a source that has gone since; it would be tested, and packed. To be called
 * before anything is bundled: bundles have no source of their own.
 *
 * @param {string} room
 */
function removeStrays(room) {
    for (const name of readdirSync(`${root}dist/${room}`, { recursive: true, encoding: "utf8" })) {
        const source = /^(.+?)(?:\.d\.ts|\.js)$/.exec(name)?.[1];
        if (
            source === undefined ||
            [".ts", ".js", "/index.ts"].some((end) => existsSync(`${root}${room}/${source}${end}`))
        ) {
            continue;
        }
        rmSync(`${root}dist/${room}/${name}`);
    }
}

/**
 * @param {string} title
 * @param {() => unknown} work
 */
async function step(title, work) {
    const started = performance.now();
    await work();
    console.log(`${title}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/**
 * Runs a Node program in the repository's root and ends the build with its exit code if it fails.
 *
 * @param {...string} args
 * @returns {Promise<void>}
 */
function node(...args) {
    return run(args, root);
}

/**
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Promise<void>}
 */
function run(args, cwd) {
    return new Promise((resolve) => {
        const program = spawn(process.execPath, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
        program.on("exit", (code) => (code === 0 ? resolve() : process.exit(code ?? 1)));
    });
}
