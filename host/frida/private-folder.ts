import { chmodSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "./setup/cache-folder.js";
import { sweepUnpacked } from "./sweep-unpacked.js";

/**
 * Environment of a process that has frida-core in it: its temporary files are in a folder of the user's alone. On Linux
 * it keeps a helper for all its hosts, which it finds by a name that anybody can guess: in the common temporary folder a
 * stranger could be there first.
 */
export function withPrivateFolder(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return process.platform === "linux" ? { ...env, TMPDIR: privateFolder() } : env;
}

/** Longest path of a folder below which a local socket still finds room for its name (108 bytes in all). */
const longestPath = 70;

function privateFolder(): string {
    const usual = cacheFolder("run");
    try {
        if (usual.length <= longestPath) {
            mkdirSync(usual, { recursive: true, mode: 0o700 });
            chmodSync(usual, 0o700);
            sweepUnpacked(usual);
            return usual;
        }
    } catch {
        // a cache that is not ours to write to
    }
    return mkdtempSync(join(tmpdir(), "poolnv-run-"));
}
