import { dirname } from "node:path";
import { gameProfiles, gamesOf } from "../../shared/games/index.js";
import type { GameProfile } from "../../shared/games/profile.js";
import { UserError } from "../errors.js";
import { UnreadableFile } from "../files/system-error.js";
import type { EngineChoice } from "../frida/engine.js";
import { locatePatiently, type Location } from "../frida/locate.js";
import { programPath } from "../frida/locate.js";
import { gameIn } from "../game/find-games.js";
import type { FoundGame } from "../game/found-game.js";
import { readProgramFacts } from "../game/program-facts.js";
import type { WinePlace } from "../process/wine.js";
import { type AddressSpace, isElf32, readAddressSpace } from "./address-space.js";

/** A running program, as far as it is known without an engine. */
export interface RunningProgram {
    /** Process id; null: only an engine can find it. */
    readonly pid: number | null;
    /** Name of its file. */
    readonly name: string;
    /** Which engine it needs: for a native program, or one of a Wine. */
    readonly engineFor: "native" | WinePlace;
    /** The installation, if it is a game. */
    readonly game: FoundGame | null;
    /** Null: it is a 64-bit program, or it can't be measured. */
    readonly addressSpace: AddressSpace | null;
}

/**
 * Finds a program by name or pid.
 *
 * @throws UserError NO_SUCH_PROCESS, AMBIGUOUS_PROCESS
 */
export async function findRunning(
    wanted: string | number,
    engine: EngineChoice,
    profiles: readonly GameProfile[] = gameProfiles,
): Promise<RunningProgram> {
    const location = await locatePatiently(wanted, engine);
    if (location.kind === "ask-engine") {
        return { pid: null, name: String(wanted), engineFor: "native", game: null, addressSpace: null };
    }
    const path = programPath(location);
    return {
        pid: location.pid,
        name: location.name,
        engineFor: location.kind === "wine" ? { loader: location.wine.loader, prefix: location.wine.prefix } : "native",
        game: path === null ? null : gameOf(path, profiles),
        addressSpace: addressSpaceOf(location, path),
    };
}

function gameOf(path: string, profiles: readonly GameProfile[]): FoundGame | null {
    try {
        const game = gameIn(dirname(path), gamesOf(profiles));
        return game.program === path ? { ...game, via: ["it runs"] } : null;
    } catch (reason) {
        if (reason instanceof UserError) return null;
        throw reason;
    }
}

const [twoGb, fourGb] = [0x8000_0000, 0x1_0000_0000];

function addressSpaceOf(location: Exclude<Location, { kind: "ask-engine" }>, path: string | null): AddressSpace | null {
    if (location.kind === "native") {
        const isElf = location.executable !== null && isElf32(location.executable);
        return isElf ? readAddressSpace(location.pid, fourGb) : null;
    }
    try {
        const large = path !== null && readProgramFacts(path, []).largeAddressAware;
        return readAddressSpace(location.pid, large ? fourGb : twoGb);
    } catch (reason) {
        if (reason instanceof UnreadableFile) return null; // a 64-bit program, or gone
        throw reason;
    }
}
