import path from "node:path";
import { shownPath } from "../../files/path-bytes.js";
import { readScreenshot } from "../../game/saves/read-save.js";
import { type ListedSave, type Save, SaveError } from "../../game/saves/save.js";
import { screenshotPng, shrinkScreenshot } from "../../game/saves/screenshots.js";
import type { HeaderRecord, SaveRecord } from "../results/record.js";

/** Largest picture of a save in a results file: width in pixels, and length in characters. */
const pictureWidth = 320;
const pictureAtMost = 600_000;

/** The record that begins a test case. */
export async function saveRecord(save: number, listed: ListedSave | null, at_ms: number): Promise<SaveRecord> {
    const isReadable = listed !== null && !("problem" in listed);
    return {
        kind: "save",
        save,
        file: listed === null ? "" : shownPath(path.basename(listed.file)),
        at_ms,
        header: isReadable ? header(listed) : null,
        screenshot: isReadable ? await picture(listed.file) : null,
    };
}

function header({ player, level, location, playTime, number }: Save): HeaderRecord {
    return {
        player: player.slice(0, 4096),
        level,
        location: location.slice(0, 4096),
        play_time: playTime.slice(0, 4096),
        save_number: number,
    };
}

/** PNG as base64; null if the save has no picture, or can no longer be read. */
async function picture(file: string): Promise<string | null> {
    try {
        const screenshot = await readScreenshot(file);
        if (screenshot === null) return null;
        const png = Buffer.from(screenshotPng(shrinkScreenshot(screenshot, pictureWidth))).toString("base64");
        return png.length <= pictureAtMost ? png : null;
    } catch (error) {
        if (error instanceof SaveError) return null;
        throw error;
    }
}
