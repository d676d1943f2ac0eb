import { UnreadableFile } from "../../files/read-small-file.js";
import { findIgnoringCase } from "../../process/find-ignoring-case.js";
import { type Finding, ok, warning } from "../finding.js";
import type { GameSubject } from "../game-subject.js";

/** Files of xNVSE: the loader, what the loader puts into the game, xNVSE itself. */
const parts = ["nvse_loader.exe", "nvse_steam_loader.dll", "nvse_1_4.dll"];

/** Whether xNVSE is there. The pool does not need it; nearly every mod does. */
export function checkXnvse({ game, program }: GameSubject): Finding[] {
    const missing = parts.filter((name) => findIgnoringCase(game.folder, [name]) === null);
    const resolution = "Unpack xNVSE (github.com/xNVSE/NVSE/releases) into the game's folder.";
    if (missing.length === parts.length)
        return [warning("xnvse", "xNVSE is not there; the pool works without it, most mods do not", resolution)];
    if (missing.length > 0)
        return [warning("xnvse", `xNVSE is there only in part: ${missing.join(" and ")} is missing`, resolution)];
    const bySelf = !(program instanceof UnreadableFile) && program.loadsXnvse;
    return [ok("xnvse", bySelf ? "xNVSE is there, and the patched program loads it by itself" : "xNVSE is there")];
}
