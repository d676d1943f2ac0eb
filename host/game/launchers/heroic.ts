import { join } from "node:path";
import type { Game, Store } from "../../../shared/games/game.js";
import type { GamePlace, Unreadable } from "../found-game.js";
import { epicFolders } from "./epic.js";
import {
    filesOf,
    launcherFolders,
    type LauncherPlaces,
    pathFrom,
    placesOfProgram,
    prefixAt,
    prefixesIn,
    readValues,
    type UserFolders,
    valueAt,
    valuesOf,
} from "./launcher-files.js";

/** What Heroic has installed from Epic and GOG, the programs that were added to it by hand, and its prefixes. */
export function heroicPlaces(folders: UserFolders, games: readonly Game[]): LauncherPlaces {
    const unreadable: Unreadable[] = [];
    const roots = launcherFolders(folders, "config", "heroic", "com.heroicgameslauncher.hgl");
    const shared = join(folders.home, "Games/Heroic/Prefixes");
    const settings = roots.flatMap((root) => gameSettings(root, folders.home, unreadable));
    const prefixOf = (app: unknown) => settings.find((one) => one.app === app)?.prefix ?? null;
    const defaults = roots.flatMap((root) => {
        const folder = pathFrom(
            valueAt(readValues(join(root, "config.json"), unreadable), "defaultSettings", "winePrefix"),
            folders.home,
        );
        return folder === null ? [] : [prefixAt(folder) ?? [], prefixesIn(folder)].flat();
    });
    const places = roots.flatMap((root) => [
        ...installed(root, games, unreadable, prefixOf),
        ...addedByHand(root, games, unreadable, prefixOf),
    ]);
    const prefixes = [...settings.flatMap(({ prefix }) => prefix ?? []), ...defaults];
    const usual = [shared, join(shared, "default")].flatMap(prefixesIn);
    return { places, unreadable, prefixes: [...new Set([...prefixes, ...usual])] };
}

type PrefixOf = (app: unknown) => string | null;

/** Each game has a file of settings, under its number at the store. */
function gameSettings(root: string, home: string, unreadable: Unreadable[]): { app: string; prefix: string | null }[] {
    return filesOf(join(root, "GamesConfig"), ".json").map((file) => {
        const app = file.slice(file.lastIndexOf("/") + 1, -".json".length);
        const folder = pathFrom(valueAt(readValues(file, unreadable), app, "winePrefix"), home);
        return { app, prefix: folder === null ? null : prefixAt(folder) };
    });
}

/** From Epic by Legendary, whose list is an object, and from GOG, whose list is in `installed`. */
function installed(root: string, games: readonly Game[], unreadable: Unreadable[], prefixOf: PrefixOf): GamePlace[] {
    const epicLists = [
        join(root, "legendaryConfig/legendary/installed.json"),
        join(root, "../legendary/installed.json"),
    ];
    const gogList = join(root, "gog_store/installed.json");
    const place = (game: Game, folder: string, store: Store, via: string, app: string): GamePlace => {
        return { game, folder, store, via, prefix: prefixOf(app), isListed: true };
    };
    const fromEpic = epicLists.flatMap((via) => {
        const list = readValues(via, unreadable);
        return games.flatMap((game) => {
            const folder = game.epic === null ? null : pathFrom(valueAt(list, game.epic.app, "install_path"), "");
            return folder === null || game.epic === null
                ? []
                : epicFolders(folder, game).map((found) => place(game, found, "epic", via, game.epic!.app));
        });
    });
    const gog = valuesOf(valueAt(readValues(gogList, unreadable), "installed"));
    const fromGog = games.flatMap((game) =>
        gog
            .filter((entry) => game.gog !== null && valueAt(entry, "appName") === game.gog)
            .flatMap((entry) => pathFrom(valueAt(entry, "install_path"), "") ?? [])
            .map((folder) => place(game, folder, "gog", gogList, game.gog!)),
    );
    return [...fromEpic, ...fromGog];
}

function addedByHand(root: string, games: readonly Game[], unreadable: Unreadable[], prefixOf: PrefixOf): GamePlace[] {
    const via = join(root, "sideload_apps/library.json");
    return valuesOf(valueAt(readValues(via, unreadable), "games")).flatMap((entry) => {
        const program = pathFrom(valueAt(entry, "install", "executable"), "");
        const prefix = prefixOf(valueAt(entry, "app_name"));
        return program === null ? [] : placesOfProgram(program, games, { via, prefix });
    });
}
