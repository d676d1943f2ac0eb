import Table from "cli-table3";

import { printable } from "../../../shared/printable.js";
import { megabytes } from "../../text/format.js";
import type { ListedSave } from "../../game/saves/save.js";
import { errorFields } from "../output.js";

/** Saves for people: a table, with what is wrong with a save in place of what it says. */
export function savesTable(folder: string, saves: readonly ListedSave[]): string[] {
    const title = `${printable(folder)}: ${saves.length === 1 ? "1 save" : `${saves.length} saves`}`;
    if (saves.length === 0) {
        return [title];
    }
    const table = new Table({
        head: ["save", "number", "player", "level", "location", "play time", "plugins", "nvse", "modified", "MB"],
        colAligns: ["left", "right", "left", "right", "left", "right", "right", "left", "left", "right"],
        style: { head: [], border: [], compact: true },
    });
    table.push(...saves.map(row));
    return [title, table.toString()];
}

/**
 * The same for a script: sizes in bytes, play time in seconds. A save that can't be read has a `problem`, and null in
 * place of what its header would say.
 *
 * @param pictures the file of each written picture by that of its save, where they were asked for
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
            glance(save.name),
            { content: printable(save.problem.reason), colSpan: HEADER_COLUMNS, hAlign: "left" },
            ...ends,
        ];
    }
    return [
        glance(save.name),
        String(save.number),
        glance(save.player),
        String(save.level),
        glance(save.location),
        glance(save.playTime),
        String(save.plugins.length),
        save.hasCoSave ? "yes" : "",
        ...ends,
    ];
}

/** Columns that a save which can't be read has no values for. */
const HEADER_COLUMNS = 7;
const GLANCE = 28;

/** Untrusted text as far as a column takes it. */
function glance(text: string): string {
    const letters = [...text];
    return printable(letters.length > GLANCE ? `${letters.slice(0, GLANCE - 1).join("")}…` : text);
}

/** Year first, in the time of this place. */
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
