import type { EngineChoice } from "../../frida/engine.js";
import { openEngine } from "../../frida/open-engine.js";
import type { WinePlace } from "../../process/wine.js";
import { UserError } from "../../errors.js";
import { wineFrida } from "../../frida/setup/pins.js";
import { findWindowsPython } from "../../frida/setup/windows-python.js";
import { error, type Finding, ok } from "../finding.js";

/** What the engine is for. */
export interface EngineUse {
    readonly choice: EngineChoice;
    /** A program of this system; a Windows program, in the Wine that runs it, or in one that does not run yet. */
    readonly target: "native" | "windows" | WinePlace;
    readonly onProgress: (line: string) => void;
}

/**
 * Whether the engine that the target takes is there, and starts. That for a Windows program is started only in a Wine
 * that runs already: another Wine than the game's own would take the game's prefix for an old one, and change it.
 */
export async function checkEngine({ choice, target, onProgress }: EngineUse): Promise<Finding[]> {
    if (target === "windows" && (choice === "auto" || choice === "wine")) return [preparedForWine()];
    try {
        const wine = typeof target === "string" ? null : target;
        const engine = await openEngine({ choice, wine, programOutput: "none", onProgress });
        engine.close();
        return [ok("engine", `the ${engine.kind} engine starts, with frida ${engine.version}`)];
    } catch (reason) {
        if (!(reason instanceof UserError)) throw reason;
        return [error("engine", reason.message, reason.resolution)];
    }
}

/** The same by a look at what is on the disk. */
export function preparedForWine(): Finding {
    return findWindowsPython() === null
        ? error(
              "engine",
              "the engine for Windows programs under Wine or Proton is not prepared",
              "Run: npx poolnv setup --engine wine",
          )
        : ok("engine", `the wine engine is prepared, with frida ${wineFrida.version}; it starts when the game runs`);
}
