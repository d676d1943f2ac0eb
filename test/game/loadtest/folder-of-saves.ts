import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemPath } from "../../../host/files/path-bytes.js";
import { generateSave, type SaveParameters } from "../saves/generate-save.js";

/** Writes saves into a new folder. A buffer is written as it is. */
export function writeSaves(folder: string, saves: Readonly<Record<string, Partial<SaveParameters> | Buffer>>): void {
    mkdirSync(folder, { recursive: true });
    for (const [name, save] of Object.entries(saves)) {
        const bytes = Buffer.isBuffer(save) ? save : generateSave({ fillerBytes: 200_000, ...save });
        writeFileSync(systemPath(join(folder, `${name}.fos`)), bytes);
    }
}

/** A save that ends in the middle of its header. */
export const cutOff = generateSave().subarray(0, 40);

/** A name that a page, a JUnit file and a table must not treat as markup. */
export const hostilePlayer = `<script>alert("&'")</script>`;
