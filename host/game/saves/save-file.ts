import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";

import type { SaveFile } from "./save.js";

/** What is known of a save without opening it. */
export async function saveFile(full: string): Promise<SaveFile> {
    const { dir, name } = path.parse(full);
    const coSave = await stat(path.join(dir, `${name}.nvse`)).catch(() => null);
    return { file: full, name, hasCoSave: coSave?.isFile() === true };
}

/** When a file was last written. A file system may hold times that no calendar has. */
export function modificationTime({ mtimeMs }: Pick<Stats, "mtimeMs">): Date {
    return new Date(Math.min(Math.max(mtimeMs, -LAST_DATE), LAST_DATE));
}

const LAST_DATE = 8.64e15;
