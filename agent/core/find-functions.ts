import type { Layer } from "../protocol.js";
import { Refusal } from "../shared/refusal.js";
import { gameRuntime } from "./games/game-runtime.js";
import { recogniseGame } from "./games/recognise-game.js";
import { findRuntimes, type Runtime } from "./runtimes.js";

/** What is to be hooked. */
export interface FoundFunctions {
    runtimes: Runtime[];
    /** Those of the wanted layers that this program has. */
    layers: Layer[];
    /** Name of the game's profile; null for a program that is no game we know. */
    profile: string | null;
}

const allLayers: readonly Layer[] = ["crt", "gameheap", "scrapheap"];

/**
 * Finds the functions of the wanted layers: in a game those of its profile, in any other program those of its C runtimes.
 *
 * @throws Refusal NO_SUCH_LAYER where none of the layers is there, and whatever a game is refused for
 */
export function findFunctions(wanted: readonly Layer[]): FoundFunctions {
    const game = recogniseGame(wanted);
    const present: readonly Layer[] = game === null ? ["crt"] : allLayers;
    const layers = present.filter((layer) => wanted.includes(layer));
    if (layers.length === 0)
        throw new Refusal(
            "NO_SUCH_LAYER",
            `this program has the layer ${present.join(", ")}, and not ${wanted.join(" or ")}`,
        );
    if (game === null) return { runtimes: findRuntimes(), layers, profile: null };
    return { runtimes: [gameRuntime(game, layers)], layers, profile: game.id };
}
