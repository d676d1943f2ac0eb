import type { Stats } from "node:fs";
import { open, stat } from "node:fs/promises";
import path from "node:path";

import { describeSystemError, isSystemError, READ_FLAGS } from "../../files/read-small-file.js";
import type { Save } from "./save.js";
import { SaveBytes } from "./save-bytes.js";
import { SaveError } from "./save-error.js";
import { modificationTime, saveFile } from "./save-file.js";

type FileFacts = Pick<Save, "file" | "name" | "hasCoSave" | "sizeBytes" | "modifiedAt">;

/**
 * Opens a save, lets it be read, and closes it.
 *
 * @throws UserError SAVE_NOT_READABLE, and what `use` throws
 */
export async function openSave<T>(file: string, use: (bytes: SaveBytes, facts: FileFacts) => Promise<T>): Promise<T> {
    const full = path.resolve(file);
    try {
        requireFile(full, await stat(full)); // opening a pipe or a device can wait for ever or set something off
        const handle = await open(full, READ_FLAGS);
        try {
            const stats = await handle.stat();
            requireFile(full, stats); // it may have been exchanged meanwhile
            const facts = { sizeBytes: stats.size, modifiedAt: modificationTime(stats) };
            return await use(new SaveBytes(handle, full), { ...(await saveFile(full)), ...facts });
        } finally {
            await handle.close();
        }
    } catch (error) {
        throw isSystemError(error)
            ? new SaveError("SAVE_NOT_READABLE", full, describeSystemError(error), { cause: error })
            : error;
    }
}

function requireFile(file: string, stats: Stats): void {
    if (!stats.isFile()) {
        const reason = stats.isDirectory() ? "it is a folder" : "it is no regular file";
        throw new SaveError("SAVE_NOT_READABLE", file, reason);
    }
}
