import { hash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Everything below a folder: names of folders, names and SHA-256 of files. */
export function treeOf(folder: string): Record<string, string> {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
    return Object.fromEntries(
        names.map((name) => {
            const path = join(folder, name);
            return [name, lstatSync(path).isFile() ? hash("sha256", readFileSync(path)) : "no file"];
        }),
    );
}
