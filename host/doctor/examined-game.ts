import { gameProfiles, profilesOf } from "../../shared/games/index.js";
import type { GameProfile } from "../../shared/games/profile.js";
import { UnreadableFile } from "../files/system-error.js";
import type { FoundGame } from "../game/found-game.js";
import { type ProgramFacts, readProgramFacts } from "../game/program-facts.js";

/** An installation of a game, as doctor and deploy examine it. */
export interface ExaminedGame {
    /** Where it is. */
    readonly installation: FoundGame;
    /** Facts from its program's file, or why they can't be read. */
    readonly program: ProgramFacts | UnreadableFile;
    /** Versions of the game that poolnv supports. */
    readonly versions: readonly string[];
}

/** Reads the program of an installation. */
export function readGame(installation: FoundGame, profiles: readonly GameProfile[] = gameProfiles): ExaminedGame {
    const known = profilesOf(installation.game.program, profiles);
    return {
        installation,
        program: factsOrReason(installation.program, known),
        versions: known.map(({ version }) => version),
    };
}

function factsOrReason(program: string, profiles: readonly GameProfile[]): ProgramFacts | UnreadableFile {
    try {
        return readProgramFacts(program, profiles);
    } catch (reason) {
        if (reason instanceof UnreadableFile) return reason;
        throw reason;
    }
}
