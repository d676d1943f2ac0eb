import { UnreadableFile } from "../files/read-small-file.js";
import type { FoundGame } from "../game/found-game.js";
import { type GameProfile, gameProfiles } from "../game/game-profile.js";
import { type ProgramFacts, readProgramFacts } from "../game/program-facts.js";

/** An installation of the game under examination. */
export interface GameSubject {
    /** Where it is. */
    readonly game: FoundGame;
    /** What its program's file tells, or why that can't be told. */
    readonly program: ProgramFacts | UnreadableFile;
}

export function gameSubject(game: FoundGame, profiles: readonly GameProfile[] = gameProfiles): GameSubject {
    return { game, program: factsOrReason(game.program, profiles) };
}

function factsOrReason(program: string, profiles: readonly GameProfile[]): ProgramFacts | UnreadableFile {
    try {
        return readProgramFacts(program, profiles);
    } catch (reason) {
        if (reason instanceof UnreadableFile) return reason;
        throw reason;
    }
}
