import { dirname } from "node:path";

import type { EngineChoice } from "../frida/engine.js";
import type { WinePlace } from "../process/wine.js";
import { gameIn } from "../game/find-games.js";
import type { FoundGame } from "../game/found-game.js";
import { readProgramFacts } from "../game/program-facts.js";
import { UserError } from "../errors.js";
import { UnreadableFile } from "../files/read-small-file.js";
import { locatePatiently, type Location, programPath } from "../frida/locate.js";
import { type AddressSpace, isElf32, readAddressSpace } from "./read-address-space.js";

/** A program that runs, as far as this system tells without touching it. */
export interface RunningProgram {
    /** Number of its process; null where only an engine can tell. */
    readonly pid: number | null;
    /** Name of its file. */
    readonly name: string;
    /** What the engine for it is for. */
    readonly engineTarget: "native" | WinePlace;
    /** The game, where it is the game. */
    readonly game: FoundGame | null;
    /** Null where it has addresses of 64 bits, or where that can't be told. */
    readonly addressSpace: AddressSpace | null;
}

/**
 * Finds a program by name or pid.
 *
 * @throws UserError NO_SUCH_PROCESS, AMBIGUOUS_PROCESS
 */
export async function findRunning(wanted: string | number, engine: EngineChoice): Promise<RunningProgram> {
    const location = await locatePatiently(wanted, engine);
    if (location.kind === "ask-engine")
        return { pid: null, name: String(wanted), engineTarget: "native", game: null, addressSpace: null };
    const path = programPath(location);
    return {
        pid: location.pid,
        name: location.name,
        engineTarget:
            location.kind === "wine" ? { loader: location.wine.loader, prefix: location.wine.prefix } : "native",
        game: path === null ? null : gameOf(path),
        addressSpace: addressSpaceOf(location, path),
    };
}

function gameOf(path: string): FoundGame | null {
    try {
        const game = gameIn(dirname(path));
        return game.program === path ? { ...game, via: ["it runs"] } : null;
    } catch (reason) {
        if (reason instanceof UserError) return null;
        throw reason;
    }
}

const [TWO_GB, FOUR_GB] = [0x8000_0000, 0x1_0000_0000];

function addressSpaceOf(location: Exclude<Location, { kind: "ask-engine" }>, path: string | null): AddressSpace | null {
    if (location.kind === "native")
        return isElf32(location.executable) ? readAddressSpace(location.pid, FOUR_GB) : null;
    try {
        const large = path !== null && readProgramFacts(path, []).largeAddressAware;
        return readAddressSpace(location.pid, large ? FOUR_GB : TWO_GB);
    } catch (reason) {
        if (reason instanceof UnreadableFile) return null; // a 64-bit program, or none any more
        throw reason;
    }
}
