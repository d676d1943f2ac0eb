import type { GameProfile } from "../../../shared/games/profile.js";
import { crtFamilyWindows } from "../../../shared/layout.js";
import type { Layer } from "../../../shared/protocol/install.js";
import type { Runtime } from "../find-runtimes.js";
import type { PreparedMainThreadQueue } from "./main-thread.js";

/**
 * The functions of a game that the wanted layers replace, and its frame function if there is a main-thread queue, in the
 * form in which the functions of a C runtime are hooked.
 */
export function gameRuntime(
    profile: GameProfile,
    layers: readonly Layer[],
    mainThreadQueue: PreparedMainThreadQueue | null,
): Runtime {
    const wanted = [
        ...profile.functions.filter(({ layer }) => layers.includes(layer)),
        ...(mainThreadQueue === null ? [] : [{ ...profile.mainThread.frame, replacement: "frame" }]),
    ];
    const replacements = wanted.map(({ replacement }) => replacement);
    return {
        profile: profile.id,
        module: Process.mainModule,
        family: [...new Set([...crtFamilyWindows.map(({ name }) => name), ...replacements])],
        functions: new Map(wanted.map(({ name, address }) => [name, ptr(address)])),
        aliases: new Map(),
        replacements: new Map(wanted.map(({ name, replacement }) => [name, replacement])),
        heapSlots: [], // its runtime calls no function of the system's heap but in those that are replaced
        imports: mainThreadQueue?.imports ?? {},
        overridden: new Set(),
        isCalledByProgram: true,
    };
}
