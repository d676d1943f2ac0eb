import { readFileSync } from "node:fs";
import type { ScriptSource } from "../frida/engine.js";

/** The script that installs the pool. It is loaded for one session, and leaves nothing of Frida behind. */
export function installerScript(): ScriptSource {
    return { name: "poolnv-installer", source: read("installer.js") };
}

/** The build bundles the script into `dist/agent/`. */
function read(file: string): string {
    return readFileSync(new URL(`../../agent/${file}`, import.meta.url), "utf8");
}
