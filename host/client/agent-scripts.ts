import { readFileSync } from "node:fs";
import type { ScriptSource } from "../frida/engine.js";

/** The script that installs the pool; it is eternalized and stays in the program. */
export function residentScript(): ScriptSource {
    return { name: "poolnv-resident", source: read("resident.js") };
}

/** The script that is loaded for one session and answers requests about the pool. */
export function sessionScript(): ScriptSource {
    return { name: "poolnv-session", source: read("session.js") };
}

/** The build bundles the scripts into `dist/agent/`. */
function read(file: string): string {
    return readFileSync(new URL(`../../agent/${file}`, import.meta.url), "utf8");
}
