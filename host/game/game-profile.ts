import { falloutNv } from "../../shared/games/falloutnv-1.4.0.525.js";
import { gameProfiles as knownGames } from "../../shared/games/index.js";

/** What is known of one version of the game: where its functions are, and what they begin with. */
export interface GameProfile {
    /** Of the version resource: `1.4.0.525`. */
    readonly version: string;
    /** Where the program lies in memory; its addresses count from there. */
    readonly imageBase: number;
    readonly sites: readonly GameSite[];
}

/** A function that the pool takes over. */
export interface GameSite {
    readonly name: string;
    readonly address: number;
    /** What the function begins with in an unchanged program. */
    readonly bytes: readonly number[];
}

/** The version that the game's other mods are made for, too: the last that its makers published for Steam and GOG. */
export const GAME_VERSION = falloutNv.version;

/** What the agent compares in memory before it hooks anything, for a comparison with the file. */
export const gameProfiles: readonly GameProfile[] = knownGames.map(({ version, imageBase, functions }) => ({
    version,
    imageBase,
    sites: functions
        .filter(({ layer }) => layer !== "scrapheap") // not hooked unless it is asked for
        .map(({ name, address, bytes }) => ({
            name,
            address,
            bytes: [...Buffer.from(bytes.replaceAll(" ", ""), "hex")],
        })),
}));
