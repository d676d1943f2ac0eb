// @ts-check
// Everything that must pass before a commit: types, lint, rooms, formatting, the API report, the tests that need no
// process. Runs on the built tree, two steps at a time, and prints how long each took.
import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { digestOf, rememberRight, wasRight } from "./checked-before.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const started = performance.now();

const cruiser = "node_modules/dependency-cruiser/bin/dependency-cruise.mjs";
const eslintCache = ["--cache", "--cache-strategy", "content", "--cache-location", "node_modules/.cache/eslint/"];

/**
 * `inputs`: everything that the step depends on; if none of it has changed since the step passed, the step is skipped.
 *
 * @typedef {{ title: string, args: string[], inputs?: Parameters<typeof digestOf>[0] }} Step
 */

/** The longest first. @type {Step[]} */
const steps = [
    // Unchanged files are skipped, though a type of another file may have changed: a fresh clone lints all of them.
    { title: "lint", args: ["node_modules/eslint/bin/eslint.js", "--max-warnings", "0", ...eslintCache, "."] },
    { title: "tests", args: ["dist/test/runner/run.js", "unit", "saves"] },
    {
        title: "formatting",
        args: ["node_modules/prettier/bin/prettier.cjs", "--check", "--cache", "--cache-strategy", "content", "."],
    },
    {
        title: "rooms and cycles",
        args: [cruiser, "--config", "tools/room-rules.mjs", "agent", "host", "shared", "test", "tools"],
        inputs: { in: ["agent", "host", "shared", "test", "tools", "package-lock.json"], that: /\.ts$|\.mjs$|\.json$/ },
    },
    {
        title: "interface",
        args: ["tools/api-report.mjs", "--check"],
        inputs: {
            in: ["dist/host", "dist/shared", "docs/poolnv.api.md", "host/tsconfig.json", "tools/api-report.mjs"],
            that: /\.d\.ts$/,
        },
    },
    {
        title: "documents",
        args: ["tools/documents/write.mjs", "--check"],
        inputs: {
            in: ["dist/host", "dist/shared", "dist/tools/bench", "docs", "tools/documents"],
            that: /\.js$|\.mjs$|\.md$|\.json$/,
        },
    },
    {
        title: "types of the agents",
        args: ["node_modules/typescript/bin/tsc", "-p", "agent", "--noEmit"],
        inputs: { in: ["agent", "shared", "tsconfig.base.json"], that: /\.ts$|\.json$/ },
    },
    {
        title: "formatting of C",
        args: ["tools/format-c.mjs", "--check"],
        inputs: { in: ["cmodule", "tools/bench", "test", ".clang-format"], that: /\.[ch]$/ },
    },
    {
        title: "Python",
        args: ["tools/check-python.mjs"],
        inputs: { in: ["host", "test", "tools/check-python.mjs"], that: /\.py$|check-python/ },
    },
];
const waiting = [...steps];
/** @type {string[]} */
const failed = [];

await Promise.all([work(), work()]);
console.log(`${failed.length === 0 ? "all checks passed" : `failed: ${failed.join(", ")}`} (${seconds(started)})`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function work() {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
        const { title, args, inputs } = step;
        const digest = inputs === undefined ? null : digestOf(inputs);
        if (digest !== null && wasRight(title, digest)) {
            console.log(`ok     ${title} (unchanged)`);
            continue;
        }
        const begun = performance.now();
        const { code, output } = await run(args);
        console.log(`${code === 0 ? "ok    " : "FAILED"} ${title} (${seconds(begun)})`);
        if (code === 0) {
            if (digest !== null) rememberRight(title, digest);
            continue;
        }
        failed.push(title);
        console.log(output);
    }
}

/**
 * @param {string[]} args
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function run(args) {
    return new Promise((resolve) => {
        const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
        let output = "";
        for (const stream of [child.stdout, child.stderr]) {
            stream.setEncoding("utf8").on("data", (/** @type {string} */ text) => (output += text));
        }
        child.on("close", (code) => resolve({ code, output }));
    });
}

/** @param {number} since */
function seconds(since) {
    return `${((performance.now() - since) / 1000).toFixed(0)} s`;
}
