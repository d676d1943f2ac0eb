import { readFileSync } from "node:fs";
import type { ScriptSource } from "../frida/engine.js";

/** The script that installs the pool, and is unloaded. The build bundles it into `dist/agent/`. */
export function installerScript(): ScriptSource {
    const file = new URL("../../agent/installer.js", import.meta.url);
    return { name: "poolnv-installer", source: readFileSync(file, "utf8") };
}
