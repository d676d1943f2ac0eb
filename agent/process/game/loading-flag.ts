import type { GameProfile } from "../../../shared/games/profile.js";

/** Whether the game loads a saved game at this moment, as its save manager says; null where it has none yet. */
export function isLoading({ loading }: GameProfile): boolean | null {
    try {
        const manager = ptr(loading.manager).readPointer();
        return manager.isNull() ? null : manager.add(loading.flag).readU8() !== 0;
    } catch {
        return null; // the pointer leads nowhere
    }
}
