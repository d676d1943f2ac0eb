import { UnreadableFile } from "../../files/read-small-file.js";
import { GAME_VERSION } from "../../game/game-profile.js";
import { error, type Finding, ok } from "../finding.js";
import type { GameSubject } from "../game-subject.js";

/** Whether the functions that the pool takes over begin in the file as they should. */
export function checkCode({ program }: GameSubject): Finding[] {
    if (program instanceof UnreadableFile || program.isProtected || program.differing === null) return [];
    const { differing } = program;
    if (differing.length === 0) return [ok("code", `the program's code is that of ${GAME_VERSION}`)];
    const named = differing.slice(0, NAMED).join(", ") + (differing.length > NAMED ? ", ..." : "");
    return [
        error(
            "code",
            `the program's code has been changed at ${differing.length} of the places that poolnv hooks: ${named}`,
            "Let your store's client check the game's files, and patch it with nothing but the 4GB patcher.",
        ),
    ];
}

/** As many as fit in a line. */
const NAMED = 4;
