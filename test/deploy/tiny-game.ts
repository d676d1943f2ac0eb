import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NtExecutable } from "resedit";

import { addVersion } from "../standin/version.js";

/** Makes a folder that deploy takes for the game's: its program is whole and of the right version, and has no code. */
export function makeTinyGame(folder: string, { protectedBySteam = false, version = "1.4.0.525" } = {}): string {
    mkdirSync(join(folder, "data"), { recursive: true });
    writeFileSync(join(folder, "data", "FalloutNV.esm"), "TES4");
    writeFileSync(join(folder, "FalloutNV.exe"), tinyProgram(protectedBySteam, version));
    return folder;
}

function tinyProgram(protectedBySteam: boolean, version: string): Buffer {
    const empty = NtExecutable.createEmpty(true, false);
    empty.newHeader.fileHeader.characteristics &= ~0x0020;
    const program = addVersion(new Uint8Array(empty.generate()), version);
    if (protectedBySteam) program.write(".bind\0\0\0", program.indexOf(".rsrc\0\0\0"), "latin1");
    return program;
}
