import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";

/** A folder of a suite's own, which goes with it. */
export function scratchFolder(): string {
    const folder = mkdtempSync(path.join(tmpdir(), "poolnv-scratch-"));
    after(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
}
