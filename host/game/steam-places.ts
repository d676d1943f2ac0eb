import { basename, join } from "node:path";
import type { Game, SteamGame } from "../../shared/games/game.js";
import { isFolder } from "../files/read-file.js";
import { UnreadableFile } from "../files/system-error.js";
import { type GamePlace, joinPlaces, type Places } from "./found-game.js";
import { readKeyValues } from "./steam/key-values.js";
import { librariesOf, prefixInLibrary } from "./steam/libraries.js";

/** An installation of Steam, and how its games run. */
export interface Steam {
    /** Its folder. */
    readonly root: string;
    /** Wine prefix in which a game of a library runs; null: none that is known. */
    readonly prefixFor: (library: string, game: SteamGame) => string | null;
    /** Turns a path as this Steam writes it into one of this system; null: there is no such place. */
    readonly toUnix?: (path: string) => string | null;
}

/** Where games may be in the libraries of one Steam. */
export function steamPlaces({ root, prefixFor, toUnix }: Steam, games: readonly Game[]): Places {
    const { folders, unreadable } = librariesOf(root, toUnix);
    return joinPlaces([
        { places: [], unreadable },
        ...folders.flatMap((library) => games.map((game) => inLibrary(library, game, prefixFor))),
    ]);
}

/** The prefix that Proton made in a library for one of its games; null before its first start. */
export function protonPrefix(library: string, game: SteamGame): string | null {
    const prefix = prefixInLibrary(library, game);
    return isFolder(prefix) ? prefix : null;
}

/** Steam writes a manifest for each installed game. A folder without one is a copy, or left by an uninstalled game. */
function inLibrary(library: string, game: Game, prefixFor: Steam["prefixFor"]): Places {
    const { steam } = game;
    if (steam === null) return { places: [], unreadable: [] };
    const manifest = join(library, "steamapps", `appmanifest_${steam.app}.acf`);
    const place = (name: string, via: string, isListed: boolean): GamePlace => ({
        game,
        folder: join(library, "steamapps", "common", name),
        store: "steam",
        via,
        prefix: prefixFor(library, steam),
        isListed,
    });
    const usual = place(steam.folder, `Steam's library ${library}`, false);
    try {
        const state = readKeyValues(manifest)?.get("appstate");
        if (state === undefined) return { places: [usual], unreadable: [] };
        const name = typeof state === "string" ? undefined : state.get("installdir");
        if (typeof name !== "string" || !isPlainName(name)) {
            throw new UnreadableFile(manifest, "it names no folder of the game");
        }
        return { places: [place(name, manifest, true), usual], unreadable: [] };
    } catch (error) {
        if (!(error instanceof UnreadableFile)) throw error;
        return { places: [usual], unreadable: [{ path: error.file, reason: error.reason }] };
    }
}

/** One file name: a manifest must not lead out of its library. */
function isPlainName(name: string): boolean {
    return basename(name) === name && !/[\\/\0]/.test(name) && name !== "" && name !== "." && name !== "..";
}
