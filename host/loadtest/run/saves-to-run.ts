import path from "node:path";
import { UserError } from "../../errors.js";
import { listSaves } from "../../game/saves/list-saves.js";
import type { ListedSave } from "../../game/saves/save.js";

/** A part of a folder of saves, for one of several machines. */
export interface Shard {
    /** 1 to `count`. */
    readonly number: number;
    /** Number of parts. */
    readonly count: number;
}

/**
 * The saves of a folder that a run tests, broken ones too, ordered by name: the same order on every machine.
 *
 * @throws UserError NO_SAVES_FOLDER, also if the folder holds no saves
 */
export async function savesToRun(folder: string, shard: Shard | null, encoding?: string): Promise<ListedSave[]> {
    const saves = (await listSaves(folder, { encoding })).sort(byName);
    if (saves.length === 0) {
        throw new UserError(
            "NO_SAVES_FOLDER",
            `There is no saved game (*.fos) in ${folder}.`,
            "Name the folder that holds the saves; to list the game's own: poolnv saves",
        );
    }
    return shard === null ? saves : saves.filter((_, index) => index % shard.count === shard.number - 1);
}

/** `Save 2` before `Save 10`, whatever the language of the machine. */
function byName(one: ListedSave, other: ListedSave): number {
    const [left, right] = [path.basename(one.file), path.basename(other.file)];
    return collator.compare(left, right) || (left < right ? -1 : 1);
}

const collator = new Intl.Collator("en", { numeric: true });
