// @ts-check
// Formats the C sources as .clang-format says; with --check it only lists those that are not formatted, and fails.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const mode = process.argv.includes("--check") ? ["--dry-run", "--Werror"] : ["-i"];

const sources = ["cmodule", "tools/bench", "test"].flatMap((folder) =>
    readdirSync(root + folder, { recursive: true, encoding: "utf8" })
        .filter((name) => /\.[ch]$/.test(name))
        .map((name) => `${folder}/${name}`),
);
const program = "node_modules/clang-format/index.js";
const { status } = spawnSync(process.execPath, [program, ...mode, ...sources], { cwd: root, stdio: "inherit" });
process.exit(status ?? 1);
