// @ts-check
// Everything that must be right before a commit: types, lint, formatting, the report of the interface, the tests that need
// no process. Runs on what is built, two things at a time, and says how long each took.
import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const started = performance.now();

const eslintCache = ["--cache", "--cache-strategy", "content", "--cache-location", "node_modules/.cache/eslint/"];
/** The longest first. @type {[title: string, ...args: string[]][]} */
const steps = [
    // What has not changed is not looked at again, though a type of another file may have: a fresh clone looks at all of it.
    ["lint", "node_modules/eslint/bin/eslint.js", "--max-warnings", "0", ...eslintCache, "."],
    ["tests", "dist/test/run.js", "host", "saves"],
    ["formatting", "node_modules/prettier/bin/prettier.cjs", "--check", "--cache", "."],
    ["types of the agents", "node_modules/typescript/bin/tsc", "-p", "agent", "--noEmit"],
    ["interface", "host/build/interface.mjs", "--check"],
    ["formatting of C", "host/build/format-c.mjs", "--check"],
];
const waiting = [...steps];
/** @type {string[]} */
const failed = [];

await Promise.all([work(), work()]);
console.log(`${failed.length === 0 ? "all is right" : `not right: ${failed.join(", ")}`} (${seconds(started)})`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function work() {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
        const [title, ...args] = step;
        const begun = performance.now();
        const { code, output } = await run(args);
        console.log(`${code === 0 ? "ok    " : "FAILED"} ${title} (${seconds(begun)})`);
        if (code === 0) continue;
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
        for (const stream of [child.stdout, child.stderr])
            stream.setEncoding("utf8").on("data", (/** @type {string} */ text) => (output += text));
        child.on("close", (code) => resolve({ code, output }));
    });
}

/** @param {number} since */
function seconds(since) {
    return `${((performance.now() - since) / 1000).toFixed(0)} s`;
}
