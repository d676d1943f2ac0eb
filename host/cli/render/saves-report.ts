import Table from "cli-table3";
import { megabytes } from "../../../shared/bytes.js";
import { printable } from "../../../shared/printable.js";
import type { ListedSave } from "../../game/saves/save.js";
import { errorFields } from "../output.js";

/** The saves as a table; a save that can't be read has its problem in place of its header. */
export function savesTable(folder: string, saves: readonly ListedSave[]): string[] {
    const title = `${printable(folder)}: ${saves.length === 1 ? "1 save" : `${saves.length} saves`}`;
    if (saves.length === 0) return [title];
    const table = new Table({
        head: ["save", "number", "player", "level", "location", "play time", "plugins", "nvse", "modified", "MB"],
        colAligns: ["left", "right", "left", "right", "left", "right", "right", "left", "left", "right"],
        style: { head: [], border: [], compact: true },
    });
    table.push(...saves.map(row));
    return [title, table.toString()];
}

/**
 * The same as JSON: sizes in bytes, play time in seconds. A save that can't be read has a `problem`, and null for the
 * fields of its header.
 *
 * @param pictures file of each written picture, by the file of its save
 */
export function savesDocument(
    folder: string,
    saves: readonly ListedSave[],
    pictures?: ReadonlyMap<string, string>,
): object {
    return { folder, saves: saves.map((save) => saveDocument(save, pictures?.get(save.file) ?? null)) };
}

type Cell = string | { content: string; colSpan: number; hAlign: "left" };

function row(save: ListedSave): Cell[] {
    const modified = save.modifiedAt === null ? "" : timeOfDay.format(save.modifiedAt);
    const ends = [modified, save.sizeBytes === null ? "" : megabytes(save.sizeBytes)];
    if ("problem" in save) {
        return [
            shorten(save.name),
            { content: printable(save.problem.reason), colSpan: headerColumns, hAlign: "left" },
            ...ends,
        ];
    }
    return [
        shorten(save.name),
        String(save.number),
        shorten(save.player),
        String(save.level),
        shorten(save.location),
        shorten(save.playTime),
        String(save.plugins.length),
        save.hasCoSave ? "yes" : "",
        ...ends,
    ];
}

/** Columns that come from the header of a save. */
const headerColumns = 7;
const longestText = 28;

/** Untrusted text, shortened for a column. */
function shorten(text: string): string {
    const letters = [...text];
    return printable(letters.length > longestText ? `${letters.slice(0, longestText - 1).join("")}…` : text);
}

/** Year first, local time. */
const timeOfDay = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" });

function saveDocument(save: ListedSave, picture: string | null): object {
    const readable = "problem" in save ? null : save;
    return {
        file: save.file,
        name: save.name,
        size: save.sizeBytes,
        modified: save.modifiedAt?.toISOString() ?? null,
        co_save: save.hasCoSave,
        layout: readable?.layout ?? null,
        language: readable?.language ?? null,
        encoding: readable?.encoding ?? null,
        number: readable?.number ?? null,
        player: readable?.player ?? null,
        title: readable?.title ?? null,
        level: readable?.level ?? null,
        location: readable?.location ?? null,
        play_time: readable?.playTime ?? null,
        play_time_s: readable?.playTimeSeconds ?? null,
        plugins: readable?.plugins ?? null,
        screenshot: readable?.screenshot ?? null,
        picture,
        problem: "problem" in save ? errorFields(save.problem) : null,
    };
}
