import { writeFileSync } from "node:fs";
import path from "node:path";
import { systemPath } from "../../../host/files/path-bytes.js";
import { generateSave } from "./generate-save.js";

/** For suites with file names of any bytes. */
export const onLinux = { skip: process.platform !== "linux" && "only Linux allows these names" };

/** `Сейв` in Windows-1251, as an archive unpacked by an old tool leaves it. */
export const cyrillic = Buffer.from([0xd1, 0xe5, 0xe9, 0xe2]);
/** The same as it is shown. */
export const shown = "\\xd1\\xe5\\xe9\\xe2";

/** Writes a save. */
export function place(folder: string, name: string | Buffer): void {
    writeFileSync(
        typeof name === "string" ? systemPath(path.join(folder, name)) : bytesIn(folder, name),
        generateSave(),
    );
}

/** The path of a file in a folder. */
export function bytesIn(folder: string, name: Buffer): Buffer {
    return Buffer.concat([bytesOf(folder), Buffer.from("/"), name]);
}

export function bytesOf(folder: string): Buffer {
    return Buffer.from(systemPath(folder));
}
