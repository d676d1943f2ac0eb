// @ts-check
// What was found right before, by a digest of everything that it depends on: it need not be looked at again.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const file = `${root}node_modules/.cache/poolnv/right-before.json`;

/**
 * Of the content of files, and of the packages, which may bring another compiler or formatter.
 *
 * @param {{ in: string[], that: RegExp }} inputs files and folders of the repository; which of the folders' files
 * @returns {string}
 */
export function digestOf({ in: places, that }) {
    const digest = createHash("sha256");
    for (const path of ["package-lock.json", ...places.flatMap((place) => filesIn(place, that))]) {
        digest
            .update(`${path}\0`)
            .update(readFileSync(root + path))
            .update("\0");
    }
    return digest.digest("hex");
}

/**
 * @param {string} title of what is looked at
 * @param {string} digest
 */
export function wasRight(title, digest) {
    return read()[title] === digest;
}

/**
 * @param {string} title
 * @param {string} digest taken before it was looked at
 */
export function rememberRight(title, digest) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify({ ...read(), [title]: digest }, null, 4)}\n`);
}

/** @returns {Record<string, string>} */
function read() {
    try {
        return JSON.parse(readFileSync(file, "utf8"));
    } catch {
        return {}; // there is none yet
    }
}

/**
 * @param {string} place
 * @param {RegExp} that
 * @returns {string[]}
 */
function filesIn(place, that) {
    if (!statSync(root + place).isDirectory()) return [place];
    return readdirSync(root + place, { recursive: true, encoding: "utf8" })
        .map((name) => `${place}/${name.replaceAll("\\", "/")}`)
        .filter((path) => that.test(path))
        .sort();
}
