import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

import { readSmallFile } from "../../files/read-small-file.js";
import { findKeys, type RegistryValues } from "./registry-text.js";

/** How Windows' own `reg` is started: itself, or Wine and it, and how it writes a path of ours. */
export interface RegistryTool {
    /** Program and first arguments. */
    readonly command: readonly [string, ...string[]];
    /** What its environment has besides. */
    readonly env?: Readonly<Record<string, string>>;
    /** A path as it writes it. */
    ownPath(path: string): string;
}

export const windowsTool: RegistryTool = { command: ["reg.exe"], ownPath: (path) => path };

/** A key with what is below it; the keys we ask for are small. */
const MAX_BYTES = 4_194_304;
/** Milliseconds; it takes some ten. */
const LIMIT_MS = 20_000;

/**
 * The values of a key in the registry of this Windows, by their names in lower case. Exported to a file, because what
 * `reg query` prints is in a code page in which a folder's name may not be writable.
 *
 * @param key with its hive: `HKLM\SOFTWARE\Valve\Steam`
 * @returns null where there is no such key
 */
export async function readKey(key: string, tool: RegistryTool = windowsTool): Promise<RegistryValues | null> {
    const folder = mkdtempSync(join(tmpdir(), "poolnv-reg-"));
    const file = join(folder, "key.reg");
    try {
        const [program, ...first] = tool.command;
        const args = [...first, "export", key, tool.ownPath(file), "/y"];
        await execa(program, args, { reject: false, timeout: LIMIT_MS, stdio: "ignore", env: { ...tool.env } });
        const bytes = readSmallFile(file, MAX_BYTES);
        if (bytes === null) return null;
        const path = key.slice(key.indexOf("\\") + 1);
        return findKeys(decode(bytes), [path]).get(path.toLowerCase()) ?? null;
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

function decode(bytes: Buffer): string {
    return bytes.toString(bytes[0] === 0xff && bytes[1] === 0xfe ? "utf16le" : "utf8");
}
