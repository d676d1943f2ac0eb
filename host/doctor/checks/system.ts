import type { GameProfile } from "../../../shared/games/profile.js";
import { readConfigFile } from "../../config/config-file.js";
import { findConfigFile } from "../../config/find-config-file.js";
import { joinSettings } from "../../config/settings-in-force.js";
import { UserError } from "../../errors.js";
import type { EngineChoice } from "../../frida/engine.js";
import { openEngine } from "../../frida/open-engine.js";
import { wineFrida } from "../../frida/setup/pins.js";
import { findWindowsPython } from "../../frida/setup/windows-python.js";
import type { FoundGame, GamesFound, Store } from "../../game/found-game.js";
import type { WinePlace } from "../../process/wine.js";
import { error, type Finding, ok, warning } from "../finding.js";

/** Checks that Node is new enough: `engines` of package.json. */
export function checkNode(version = process.versions.node): Finding[] {
    const [major = 0, minor = 0] = version.split(".").map(Number);
    const isEnough = major > 20 || (major === 20 && minor >= 19);
    return isEnough
        ? [ok("node", `Node ${version}`)]
        : [error("node", `Node ${version} is too old`, "Install Node 20.19 or newer (nodejs.org).")];
}

/** Which engine is needed. */
export interface NeededEngine {
    readonly choice: EngineChoice;
    /** For a native program; for a Windows program whose Wine does not run yet; for a program of a running Wine. */
    readonly program: "native" | "windows" | WinePlace;
    readonly onProgress: (line: string) => void;
}

/**
 * Checks that the engine starts. The one for Windows programs is started only in a Wine that runs already: started in
 * another version of Wine, it would make that Wine update the game's prefix.
 */
export async function checkEngine({ choice, program, onProgress }: NeededEngine): Promise<Finding[]> {
    if (program === "windows" && (choice === "auto" || choice === "wine")) return [checkWineEngineFiles()];
    try {
        const wine = typeof program === "string" ? null : program;
        const engine = await openEngine({ choice, wine, programOutput: "none", onProgress });
        engine.close();
        return [ok("engine", `the ${engine.kind} engine starts (frida ${engine.version})`)];
    } catch (reason) {
        if (!(reason instanceof UserError)) throw reason;
        return [error("engine", reason.message, reason.resolution)];
    }
}

/** Checks that the engine for Windows programs is on the disk, without starting it. */
export function checkWineEngineFiles(): Finding {
    return findWindowsPython() === null
        ? error(
              "engine",
              "the engine for Windows programs under Wine or Proton is not prepared",
              "Run: npx poolnv setup --engine wine",
          )
        : ok("engine", `the wine engine is prepared (frida ${wineFrida.version}); it starts when the game runs`);
}

/** Reports the installations, and sources that could not be used. */
export function checkGames({ games, unreadable }: GamesFound, titles: readonly string[]): Finding[] {
    const problems = unreadable.map(({ path, reason }) =>
        warning("search", `${path}: ${reason}`, "If the game is there, name its folder: --game DIR"),
    );
    const [first, second] = games;
    if (first === undefined) {
        const message = `no installation of ${titles.join(" or ")} was found`;
        return [warning("game", message, "If it is installed, name its folder: poolnv doctor --game DIR"), ...problems];
    }
    const several = second === undefined ? [] : [severalGames(games.length, first)];
    return [...games.map(describeGame), ...several, ...problems];
}

/** Where an installation is. */
export function describeGame({ folder, store, via, prefix }: FoundGame): Finding {
    const from = store === "unknown" ? "" : `, from ${storeNames[store]}`;
    const where = prefix === null ? "" : `; Wine prefix ${prefix}`;
    return ok("game", `the game is in ${folder}${from} (${via.join("; ")})${where}`);
}

const storeNames: Record<Exclude<Store, "unknown">, string> = {
    steam: "Steam",
    gog: "GOG",
    epic: "Epic",
    bethesda: "Bethesda",
};

function severalGames(count: number, { folder }: FoundGame): Finding {
    const message = `${count} installations were found, so none was checked`;
    return warning("game", message, `Choose one: poolnv doctor --game "${folder}"`);
}

/**
 * Checks that the pool accepts the settings.
 *
 * @param named a file that the user has named, used instead of that in the game's folder
 * @param program the game's program, if there is one
 */
export async function checkConfiguration(
    named: string | undefined,
    program: string | null,
    profiles?: readonly GameProfile[],
): Promise<Finding[]> {
    const found = named ?? (program === null ? null : findConfigFile({ program }, profiles));
    if (found === null) return [ok("configuration", "no configuration file: all settings have their defaults")];
    const file = typeof found === "string" ? found : found.file;
    if (typeof found !== "string" && !found.trusted) {
        return [
            warning("configuration", `${file} belongs to another user and is not used`, `To use it: --config ${file}`),
        ];
    }
    try {
        const { settings } = joinSettings(await readConfigFile(file), {});
        const valid = ok("configuration", `${file} is valid`);
        return settings.extra_patches === "on" ? [valid, patchesNeedLaunch] : [valid];
    } catch (reason) {
        if (!(reason instanceof UserError)) throw reason;
        return [error("configuration", reason.message, reason.resolution)];
    }
}

/** The launcher that deploy writes attaches to the running game. */
const patchesNeedLaunch = warning(
    "configuration",
    "extra_patches is on: poolnv attach and the launcher in the game's folder will refuse the game",
    "Start the game with poolnv launch, or set extra_patches = off",
);
