// @ts-check
// Whether what is built still belongs to the sources: a digest of their names, sizes and times, kept beside the output.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
const stamp = new URL("dist/.sources", root);
const inputs = ["agent/", "cmodule/", "host/", "shared/", "test/", "tools/"];
const inputFiles = ["package-lock.json", "tsconfig.base.json", "tsconfig.json"];
/** Written by the build itself. */
const generated = /^generated(\/|$)/;

/** @returns {boolean} */
export function isBuilt() {
    return existsSync(stamp) && readFileSync(stamp, "utf8") === sourceDigest();
}

/**
 * To be taken before the build begins: what changes while it runs calls for another build.
 *
 * @returns {string}
 */
export function sourceDigest() {
    const digest = createHash("sha256");
    for (const path of [...inputFiles, ...inputs.flatMap(filesIn)]) {
        const { size, mtimeMs } = statSync(new URL(path, root));
        digest.update(`${path} ${size} ${mtimeMs}\n`);
    }
    return digest.digest("hex");
}

/** @param {string} digest what {@link sourceDigest} gave before the build */
export function markBuilt(digest) {
    mkdirSync(new URL("./", stamp), { recursive: true });
    writeFileSync(stamp, digest);
}

export function markUnbuilt() {
    rmSync(stamp, { force: true });
}

/** @param {string} folder */
function filesIn(folder) {
    return readdirSync(fileURLToPath(new URL(folder, root)), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => `${entry.parentPath ?? entry.path}/${entry.name}`.slice(fileURLToPath(root).length))
        .filter((path) => !generated.test(path.slice(folder.length)))
        .sort();
}
