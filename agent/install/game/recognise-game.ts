import { unknownVersion } from "../../../shared/games/index.js";
import type { GameProfile } from "../../../shared/games/profile.js";
import type { Layer } from "../../../shared/protocol/install.js";
import { seemingGame } from "../../process/game/known-game.js";
import { Refusal } from "../../refusal.js";
import { compareWithProfile, mismatchesOf } from "./fingerprint.js";
import { isProtected } from "./protection.js";

/**
 * Identifies the game that this process is, by file name and version resource, and verifies the first bytes of its
 * functions.
 *
 * @param wanted layers to hook
 * @param extraPatches whether the patches that turn its own heaps off are wanted, too
 * @returns its profile; null for any other program
 * @throws Refusal UNKNOWN_GAME_VERSION, OTHER_REPLACER, GAME_PROTECTED or GAME_CHANGED
 */
export function recogniseGame(wanted: readonly Layer[], extraPatches: boolean): GameProfile | null {
    const program = Process.mainModule;
    const game = seemingGame();
    if (game === null) return null;
    const { profile, version } = game;
    if (profile === null) {
        throw new Refusal("UNKNOWN_GAME_VERSION", unknownVersion(program.name, version, game.known));
    }
    refuseOtherReplacers();
    refuseChanges(profile, program, wanted, extraPatches);
    return profile;
}

function refuseOtherReplacers(): void {
    const [other] = findOtherReplacers();
    if (other === undefined) return;
    throw new Refusal("OTHER_REPLACER", `${other.name} has already replaced the game's heap (${other.library})`);
}

function refuseChanges(profile: GameProfile, program: Module, wanted: readonly Layer[], extraPatches: boolean): void {
    if (!program.base.equals(ptr(profile.imageBase))) {
        throw new Refusal(
            "GAME_CHANGED",
            `${program.name} is not loaded at its address, ${ptr(profile.imageBase).toString()}`,
        );
    }
    const functions = compareWithProfile(profile, wanted);
    if (isProtected(program) && functions.length > profile.functions.length / 2) {
        throw new Refusal(
            "GAME_PROTECTED",
            `the code of ${program.name} can't be read yet: it is protected and unpacks itself as it starts`,
        );
    }
    const patches = extraPatches ? mismatchesOf(profile.patches) : [];
    if (functions.length + patches.length === 0) return;
    const count = functions.length + patches.length;
    const what = patches.length > 0 ? "place" : "function";
    const message = `the game's code differs from ${profile.id} in ${count} ${what}${count === 1 ? "" : "s"}`;
    throw new Refusal("GAME_CHANGED", message, [...functions, ...patches]);
}

/** A tool that puts its own heap under the game. Two of them crash the game. */
interface Replacer {
    name: string;
    /** Matches the path of its library in lower case, with backslashes. */
    pattern: RegExp;
}

/** The public ones. A replacer under another name shows in the fingerprint. */
const replacers: readonly Replacer[] = [
    // iranrmrf/Heap-Replacer: a proxy d3dx9_38.dll that loads a library from Data\NVHR.
    { name: "NVHR (New Vegas Heap Replacer)", pattern: /\\data\\nvhr\\[^\\]*\.dll$/ },
    // acidpointer/psycho: a proxy dinput8.dll that loads libraries from syringe.
    { name: "Psycho Engine Fixes", pattern: /\\syringe\\[^\\]*\.dll$|\\psycho[^\\]*\.dll$/ },
    // raythelalaspace-png/NVRPMalloc-overdrive.
    { name: "NVRPMalloc", pattern: /\\(nvrpmalloc|overdrive)[^\\]*\.dll$/ },
    // The plugin whose v2.0 document this pool follows.
    { name: "the MemoryPool plugin", pattern: /\\nvse\\plugins\\memorypool[^\\]*\.dll$/ },
];

/** The heap replacers in this process, each with the path of its library. */
function findOtherReplacers(): { name: string; library: string }[] {
    return Process.enumerateModules().flatMap(({ path }) =>
        replacers
            .filter(({ pattern }) => pattern.test(path.toLowerCase().replaceAll("/", "\\")))
            .map(({ name }) => ({ name, library: path })),
    );
}
