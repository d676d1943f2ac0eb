import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { sha256 } from "../../../host/files/sha256.js";

/** Everything below a folder: each folder by its name, each file by its content too. */
export function treeOf(folder: string): Record<string, string> {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
    return Object.fromEntries(
        names.map((name) => {
            const path = join(folder, name);
            return [name, lstatSync(path).isFile() ? sha256(readFileSync(path)) : "no file"];
        }),
    );
}
