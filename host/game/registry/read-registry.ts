import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { type FolderKey, softwareKey } from "../../../shared/games/game.js";
import { rmSync } from "../../files/change-files.js";
import { readSmallFile } from "../../files/read-file.js";
import { findKeys, type RegistryValues } from "./registry-text.js";

/** Where Steam's installer leaves Steam's own folder. */
export const steamKeys: readonly FolderKey[] = [
    { hive: "HKCU", paths: ["Software\\Valve\\Steam"], value: "SteamPath" },
    { hive: "HKLM", paths: softwareKey("Valve\\Steam"), value: "InstallPath" },
];

/** How to run Windows' own `reg`, directly or by Wine. */
export interface RegistryTool {
    /** Program and first arguments. */
    readonly command: readonly [string, ...string[]];
    /** Environment variables to add. */
    readonly env?: Readonly<Record<string, string>>;
    /** Turns a path of this system into one that the tool takes. */
    ownPath(path: string): string;
}

/** `reg` of this Windows. */
export const windowsTool: RegistryTool = { command: ["reg.exe"], ownPath: (path) => path };

/** The folder that a key's value names, without a separator at its end; null if there is none. */
export function folderOf(values: RegistryValues | null, { value }: FolderKey): string | null {
    return values?.get(value.toLowerCase())?.replace(/(?<=[^:])[\\/]+$/, "") || null;
}

/**
 * Reads a key of this Windows. Exports it to a file: `reg query` prints in a code page that can't hold every folder name.
 *
 * @param key with its hive: `HKLM\SOFTWARE\Valve\Steam`
 * @returns the values by their names in lower case; null if there is no such key
 */
export async function keyOfWindows(key: string, tool: RegistryTool = windowsTool): Promise<RegistryValues | null> {
    const folder = mkdtempSync(join(tmpdir(), "poolnv-reg-"));
    const file = join(folder, "key.reg");
    try {
        const [program, ...first] = tool.command;
        const args = [...first, "export", key, tool.ownPath(file), "/y"];
        await execa(program, args, { reject: false, timeout: exportLimitMs, stdio: "ignore", env: { ...tool.env } });
        const bytes = readSmallFile(file, maxExportBytes);
        if (bytes === null) return null;
        const path = key.slice(key.indexOf("\\") + 1);
        return findKeys(decode(bytes), [path]).get(path.toLowerCase()) ?? null;
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

/**
 * Reads keys of a Wine prefix from its files, without starting Wine.
 *
 * @param hive `system.reg` is HKEY_LOCAL_MACHINE, `user.reg` HKEY_CURRENT_USER
 * @param keys paths without the hive
 * @throws UnreadableFile
 */
export function keysInPrefix(
    prefix: string,
    hive: "system.reg" | "user.reg",
    keys: readonly string[],
): ReadonlyMap<string, RegistryValues> {
    const text = readSmallFile(join(prefix, hive), maxHiveBytes)?.toString("utf8") ?? "";
    return findKeys(text, keys);
}

/** One key with its subkeys; ours are small. */
const maxExportBytes = 4_194_304;
/** Usually takes some 10 ms. */
const exportLimitMs = 20_000;
/** Many times the size in a prefix with everything installed. */
const maxHiveBytes = 67_108_864;

function decode(bytes: Buffer): string {
    return bytes.toString(bytes[0] === 0xff && bytes[1] === 0xfe ? "utf16le" : "utf8");
}
