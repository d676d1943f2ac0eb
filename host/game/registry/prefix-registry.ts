import { join } from "node:path";

import { readSmallFile } from "../../files/read-small-file.js";
import { findKeys, type RegistryValues } from "./registry-text.js";

/** Many times what a prefix with everything installed has. */
const MAX_BYTES = 67_108_864;

/**
 * Keys in the registry of a Wine prefix, read from its files: nothing of Wine is started.
 *
 * @param hive `system.reg` is HKEY_LOCAL_MACHINE, `user.reg` HKEY_CURRENT_USER
 * @throws UnreadableFile
 */
export function keysInPrefix(
    prefix: string,
    hive: "system.reg" | "user.reg",
    keys: readonly string[],
): ReadonlyMap<string, RegistryValues> {
    const text = readSmallFile(join(prefix, hive), MAX_BYTES)?.toString("utf8") ?? "";
    return findKeys(text, keys);
}
