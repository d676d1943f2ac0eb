import { realpathSync } from "node:fs";

import { UserError } from "../../errors.js";
import { isFolder } from "../../files/is-folder.js";
import { type SavesPlace, type SavesSearch, savesPlaces } from "./saves-places.js";

/**
 * Finds the folders in which the game keeps its saves, the likeliest first: on Windows in the documents of the user;
 * elsewhere in a Wine prefix that is named, in `$WINEPREFIX`, in Steam's own prefix of the game, in `~/.wine`.
 *
 * @throws UserError NO_SAVES_FOLDER, which says where it was looked for
 */
export function findSavesFolders(search: SavesSearch = {}): [string, ...string[]] {
    const places = savesPlaces(search);
    const [first, ...others] = withoutRepetition(places.flatMap((place) => place.find()).filter(isFolder));
    if (first === undefined) {
        throw notFound(places);
    }
    return [first, ...others];
}

/** Wine's documents are often a link to the user's own, and Steam's folder has several names. */
function withoutRepetition(folders: string[]): string[] {
    const real = folders.map((folder) => realpathSync(folder));
    return folders.filter((_, index) => real.indexOf(real[index]!) === index);
}

function notFound(places: readonly SavesPlace[]): UserError {
    return new UserError(
        "NO_SAVES_FOLDER",
        `No folder of saves was found; looked for: ${places.map(({ pattern }) => pattern).join(", ")}.`,
        "Name the folder, poolnv saves FOLDER, or the game's Wine prefix, poolnv saves --wine-prefix DIR",
    );
}
