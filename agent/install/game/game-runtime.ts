import type { GameProfile } from "../../../shared/games/profile.js";
import { crtFamilyWindows } from "../../../shared/layout.js";
import type { Layer } from "../../../shared/protocol.js";
import type { Runtime } from "../find-runtimes.js";
import type { PreparedMainThreadQueue } from "./main-thread.js";

/**
 * The functions of a game that the wanted layers replace, and that of the frame where there is a desk, in the shape in
 * which those of a C runtime are hooked.
 */
export function gameRuntime(
    profile: GameProfile,
    layers: readonly Layer[],
    desk: PreparedMainThreadQueue | null,
): Runtime {
    const wanted = [
        ...profile.functions.filter(({ layer }) => layers.includes(layer)),
        ...(desk === null ? [] : [{ ...profile.desk.frame, replacement: "frame" }]),
    ];
    const replacements = wanted.map(({ replacement }) => replacement);
    return {
        profile: profile.id,
        module: Process.mainModule,
        family: [...new Set([...crtFamilyWindows.map(({ name }) => name), ...replacements])],
        functions: new Map(wanted.map(({ name, address }) => [name, ptr(address)])),
        aliases: new Map(),
        replacements: new Map(wanted.map(({ name, replacement }) => [name, replacement])),
        imports: desk?.imports ?? {},
    };
}
