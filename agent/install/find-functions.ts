import type { GamePatch, GameProfile } from "../../shared/games/profile.js";
import { layerBits } from "../../shared/layout.js";
import type { Layer, PrepareRequest } from "../../shared/protocol/install.js";
import { Refusal } from "../refusal.js";
import { findRuntimes, type Runtime } from "./find-runtimes.js";
import { gameRuntime } from "./game/game-runtime.js";
import { type PreparedMainThreadQueue, prepareMainThreadQueue } from "./game/main-thread.js";
import { recogniseGame } from "./game/recognise-game.js";
import { prepareWithoutHeaps, type WithoutHeaps } from "./game/without-heaps.js";
import type { Taken } from "./taken.js";

/** The functions to hook. */
export interface FoundFunctions {
    runtimes: Runtime[];
    /** The wanted layers that this program has. */
    layers: Layer[];
    /** Null if the program is no known game. */
    game: FoundGame | null;
}

/** A known game. */
export interface FoundGame {
    profile: GameProfile;
    mainThreadQueue: PreparedMainThreadQueue | null;
    /** Patches that turn its own heaps off; empty if they stay on. */
    patches: readonly GamePatch[];
    /** With these patches: the fallbacks of the pool. */
    withoutHeaps: WithoutHeaps | null;
}

const allLayers = Object.keys(layerBits) as Layer[];

/**
 * Finds the functions of the wanted layers: in a game those of its profile, in any other program those of its C runtimes.
 *
 * @throws Refusal NO_SUCH_LAYER if the program has none of the layers, NO_EXTRA_PATCHES if it is no game, and the refusals
 *   of `recogniseGame` and `findRuntimes`, NO_ROOM
 */
export function findFunctions(request: PrepareRequest, taken: Taken): FoundFunctions {
    const { layers: wanted, gameConsole, extraPatches } = request;
    const profile = recogniseGame(wanted, extraPatches);
    if (profile === null && extraPatches) {
        throw new Refusal("NO_EXTRA_PATCHES", "this program is no known game, so it has no own heaps to turn off");
    }
    const present: readonly Layer[] = profile === null ? ["crt"] : allLayers;
    const layers = present.filter((layer) => wanted.includes(layer));
    if (layers.length === 0) {
        throw new Refusal(
            "NO_SUCH_LAYER",
            `this program has the layer ${present.join(", ")}, and not ${wanted.join(" or ")}`,
        );
    }
    if (profile === null) return { runtimes: findRuntimes(), layers, game: null };
    const mainThreadQueue = gameConsole ? prepareMainThreadQueue(profile, taken) : null;
    const game = {
        profile,
        mainThreadQueue,
        patches: extraPatches ? profile.patches : [],
        withoutHeaps: extraPatches ? prepareWithoutHeaps(profile, taken) : null,
    };
    return { runtimes: [gameRuntime(profile, layers, mainThreadQueue)], layers, game };
}
