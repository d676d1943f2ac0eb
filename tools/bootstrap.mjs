// @ts-check
// Brings a fresh clone, or one that has been pulled into, to the built state; does nothing where it is there already.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isBuilt } from "./source-stamp.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const installed = `${root}node_modules/.lock-digest`;

installPackages();
if (!isBuilt()) run(process.execPath, ["tools/compile.mjs"]);

function installPackages() {
    const wanted = createHash("sha256")
        .update(readFileSync(`${root}package-lock.json`))
        .digest("hex");
    if (existsSync(installed) && readFileSync(installed, "utf8") === wanted) return;
    // If its install script runs and fails, npm removes the `frida` package, and its types with it. Without
    // scripts the package stays; `poolnv setup --engine binding` fetches its binary.
    run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    writeFileSync(installed, wanted);
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
    // On Windows npm is a script, which only a shell can start.
    const shell = process.platform === "win32" && command === "npm";
    const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", shell });
    if (error) console.error(`could not run ${command}: ${error.message}`);
    if (status !== 0) process.exit(status ?? 1);
}
