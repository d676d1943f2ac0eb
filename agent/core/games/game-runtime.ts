import type { GameProfile } from "../../games/game-profile.js";
import { crtFamilyWindows } from "../../generated/layout.js";
import type { Layer } from "../../protocol.js";
import type { Runtime } from "../runtimes.js";

/** The functions of a game that the wanted layers replace, in the shape in which those of a C runtime are hooked. */
export function gameRuntime(profile: GameProfile, layers: readonly Layer[]): Runtime {
    const wanted = profile.functions.filter(({ layer }) => layers.includes(layer));
    const replacements = wanted.map(({ replacement }) => replacement);
    return {
        profile: profile.id,
        module: Process.mainModule,
        family: [...new Set([...crtFamilyWindows.map(({ name }) => name), ...replacements])],
        functions: new Map(wanted.map(({ name, address }) => [name, ptr(address)])),
        aliases: new Map(),
        replacements: new Map(wanted.map(({ name, replacement }) => [name, replacement])),
    };
}
