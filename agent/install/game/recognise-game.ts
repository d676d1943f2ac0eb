import type { GameProfile } from "../../../shared/games/profile.js";
import type { Layer } from "../../../shared/protocol.js";
import { seemingGame } from "../../process/game/known-game.js";
import { Refusal } from "../../refusal.js";
import { compareWithProfile, mismatchesOf } from "./fingerprint.js";
import { findOtherReplacers } from "./other-replacers.js";
import { isProtected } from "./protection.js";

/**
 * Whether this process is a game that poolnv knows: by the name of its program and its version resource, and confirmed
 * by the first bytes of its functions. A program that bears the name alone is none.
 *
 * @param wanted layers that are to be hooked
 * @param extraPatches whether the places that turn its own heaps off are to be changed, too
 * @returns null for any other program
 * @throws Refusal UNKNOWN_GAME_VERSION, OTHER_REPLACER, GAME_PROTECTED or GAME_CHANGED; nothing was changed then
 */
export function recogniseGame(wanted: readonly Layer[], extraPatches: boolean): GameProfile | null {
    const program = Process.mainModule;
    const game = seemingGame();
    if (game === null) return null;
    const { profile, version } = game;
    if (profile === null) {
        const known = game.known.map((one) => one.version).join(", ");
        throw new Refusal(
            "UNKNOWN_GAME_VERSION",
            `${program.name} has version ${version}; poolnv knows ${known} and no other`,
        );
    }
    refuseOtherReplacers();
    refuseChanges(profile, program, wanted, extraPatches);
    return profile;
}

function refuseOtherReplacers(): void {
    const [other] = findOtherReplacers();
    if (other === undefined) return;
    throw new Refusal("OTHER_REPLACER", `${other.name} has replaced the game's heap already (${other.library})`);
}

function refuseChanges(profile: GameProfile, program: Module, wanted: readonly Layer[], extraPatches: boolean): void {
    if (!program.base.equals(ptr(profile.imageBase)))
        throw new Refusal(
            "GAME_CHANGED",
            `${program.name} is not at its address, ${ptr(profile.imageBase).toString()}`,
        );
    const functions = compareWithProfile(profile, wanted);
    if (isProtected(program) && functions.length > profile.functions.length / 2)
        throw new Refusal(
            "GAME_PROTECTED",
            `the code of ${program.name} can't be read yet: it is protected and unpacks itself as it starts`,
        );
    const patches = extraPatches ? mismatchesOf(profile.patches) : [];
    if (functions.length + patches.length === 0) return;
    const what =
        patches.length === 0
            ? `${functions.length} of the functions that ${profile.id} knows do not begin as they should in this program`
            : `${functions.length + patches.length} of the places that ${profile.id} knows are not as they should be in this program`;
    throw new Refusal("GAME_CHANGED", what, [...functions, ...patches]);
}
