import { readFileSync } from "node:fs";
import type { ScriptSource } from "../frida/engine.js";

/** The agent that stays in the target for ever. */
export function residentScript(): ScriptSource {
    return { name: "poolnv-resident", source: read("resident.js") };
}

/** The agent that comes and goes with us. */
export function sessionScript(): ScriptSource {
    return { name: "poolnv-session", source: read("session.js") };
}

/** Bundled by the build into `dist/agent/`. */
function read(file: string): string {
    return readFileSync(new URL(`../../agent/${file}`, import.meta.url), "utf8");
}
