import path from "node:path";

import { UserError } from "../../errors.js";
import { listSaves } from "../../game/saves/list-saves.js";
import type { ListedSave } from "../../game/saves/save.js";

/** One of so many parts of a folder, each for a machine of its own. */
export interface Shard {
    /** 1 to `count`. */
    readonly number: number;
    /** How many parts there are. */
    readonly count: number;
}

/**
 * The saves of a folder that a run takes, broken ones too, by their names: the same on every machine.
 *
 * @throws UserError NO_SAVES_FOLDER, also where there are none in it
 */
export async function savesToRun(folder: string, shard: Shard | null): Promise<ListedSave[]> {
    const saves = (await listSaves(folder)).sort(byName);
    if (saves.length === 0)
        throw new UserError(
            "NO_SAVES_FOLDER",
            `There is no saved game (*.fos) in ${folder}.`,
            "Name the folder that holds them; where the game keeps its own: poolnv saves",
        );
    return shard === null ? saves : saves.filter((_, index) => index % shard.count === shard.number - 1);
}

/** `Save 2` before `Save 10`; without a word from the machine's language. */
function byName(one: ListedSave, other: ListedSave): number {
    const [left, right] = [path.basename(one.file), path.basename(other.file)];
    return collator.compare(left, right) || (left < right ? -1 : 1);
}

const collator = new Intl.Collator("en", { numeric: true });
