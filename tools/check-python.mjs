// @ts-check
// Lints all Python of the project with Ruff and checks its format. `--write` formats instead. Ruff comes from npm, as
// WebAssembly, so that no Python is needed for it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PositionEncoding, Workspace } from "@astral-sh/ruff-wasm-nodejs";

const root = fileURLToPath(new URL("../", import.meta.url));
const isWriting = process.argv.includes("--write");

/** Rules by their prefixes in Ruff: errors, names, imports, likely bugs, naming, old syntax, and type hints. */
const rules = ["E", "F", "W", "I", "B", "N", "UP", "ANN"];
/**
 * `Any` is frida-core's API, which has no types; exceptions are named as in TypeScript; a script of the tests needs no
 * hints.
 */
const ignored = { host: ["ANN401", "N818"], test: ["ANN"] };

let complaints = 0;
for (const room of /** @type {const} */ (["host", "test"])) {
    const ruff = new Workspace(
        { "line-length": 120, "target-version": "py38", lint: { select: rules, ignore: ignored[room] } },
        PositionEncoding.Utf16,
    );
    for (const name of readdirSync(root + room, { recursive: true, encoding: "utf8" })) {
        if (name.endsWith(".py")) check(ruff, `${room}/${name}`);
    }
}
process.exitCode = complaints === 0 ? 0 : 1;

/**
 * @param {Workspace} ruff
 * @param {string} file
 */
function check(ruff, file) {
    const text = readFileSync(root + file, "utf8");
    const formatted = ruff.format(text);
    if (isWriting && formatted !== text) writeFileSync(root + file, formatted);
    else if (formatted !== text) complain(`${file}: not formatted; run: node tools/check-python.mjs --write`);
    for (const { code, message, start_location } of ruff.check(formatted)) {
        complain(`${file}:${start_location.row}:${start_location.column}: ${code ?? "syntax"} ${message}`);
    }
}

/** @param {string} line */
function complain(line) {
    complaints++;
    console.log(line);
}
