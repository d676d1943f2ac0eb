import type { GamePatch } from "../../shared/games/profile.js";
import type { Layer, PrepareRequest } from "../../shared/protocol.js";
import { Refusal } from "../refusal.js";
import { prepareMainThreadQueue, type PreparedMainThreadQueue } from "./game/main-thread.js";
import { gameRuntime } from "./game/game-runtime.js";
import { recogniseGame } from "./game/recognise-game.js";
import { prepareWithoutHeaps, type WithoutHeaps } from "./game/without-heaps.js";
import { findRuntimes, type Runtime } from "./find-runtimes.js";

/** What is to be hooked. */
export interface FoundFunctions {
    runtimes: Runtime[];
    /** Those of the wanted layers that this program has. */
    layers: Layer[];
    /** Null for a program that is no game we know. */
    game: FoundGame | null;
}

/** The game that a program is. */
export interface FoundGame {
    profile: string;
    desk: PreparedMainThreadQueue | null;
    /** Places to change so that its own heaps do nothing; none where they are left alone. */
    patches: readonly GamePatch[];
    /** With these: what stands behind the pool then. Keep it. */
    withoutHeaps: WithoutHeaps | null;
}

const allLayers: readonly Layer[] = ["crt", "gameheap", "scrapheap"];

/**
 * Finds the functions of the wanted layers: in a game those of its profile, in any other program those of its C runtimes.
 *
 * @throws Refusal NO_SUCH_LAYER where none of the layers is there, NO_EXTRA_PATCHES where those are wanted and it is no game,
 *   and whatever a game is refused for
 */
export function findFunctions({ layers: wanted, gameConsole, extraPatches }: PrepareRequest): FoundFunctions {
    const profile = recogniseGame(wanted, extraPatches);
    if (profile === null && extraPatches)
        throw new Refusal("NO_EXTRA_PATCHES", "this program is no game whose own heaps poolnv can turn off");
    const present: readonly Layer[] = profile === null ? ["crt"] : allLayers;
    const layers = present.filter((layer) => wanted.includes(layer));
    if (layers.length === 0)
        throw new Refusal(
            "NO_SUCH_LAYER",
            `this program has the layer ${present.join(", ")}, and not ${wanted.join(" or ")}`,
        );
    if (profile === null) return { runtimes: findRuntimes(), layers, game: null };
    const desk = gameConsole ? prepareMainThreadQueue(profile) : null;
    const game = {
        profile: profile.id,
        desk,
        patches: extraPatches ? profile.patches : [],
        withoutHeaps: extraPatches ? prepareWithoutHeaps(profile) : null,
    };
    return { runtimes: [gameRuntime(profile, layers, desk)], layers, game };
}
