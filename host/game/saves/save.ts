import path from "node:path";
import { UserError } from "../../errors.js";

/** A saved game: its file and its header. */
export interface Save extends SaveFile, SaveHeader {
    /** Bytes of the file. */
    readonly sizeBytes: number;
    /** When it was written. */
    readonly modifiedAt: Date;
}

/** A file that is named like a saved game and can't be read as one. */
export interface BrokenSave extends SaveFile {
    /** Bytes of the file; null if not even that is known. */
    readonly sizeBytes: number | null;
    /** When it was written; null if not even that is known. */
    readonly modifiedAt: Date | null;
    /** What is wrong with it, and its resolution: BAD_SAVE or SAVE_NOT_READABLE. */
    readonly problem: SaveError;
}

/** An entry of a folder of saves; distinguish by `"problem" in save`. */
export type ListedSave = Save | BrokenSave;

/** A saved game that was not opened. */
export interface SaveFile {
    /** Full path. */
    readonly file: string;
    /** Name of the file without its extension, as the game's `load` command takes it. */
    readonly name: string;
    /** True if xNVSE's co-save is beside it: a file of the same name that ends in `.nvse`. */
    readonly hasCoSave: boolean;
}

/**
 * The header of a saved game. Texts are untrusted and may contain control characters: escape them before showing them in
 * a terminal or a page.
 */
export interface SaveHeader {
    /** Which game's layout it has: only that of New Vegas has a language. */
    readonly layout: "falloutnv" | "fallout3";
    /** Encoding in which its texts were decoded, such as `cp1252` or `gbk`: the game does not say it. */
    readonly encoding: string;
    /** Language of the game, such as `ENGLISH`; null in the layout of Fallout 3. */
    readonly language: string | null;
    /** Sequence number that the game gave it. */
    readonly number: number;
    /** Name of the player's character; may be empty. */
    readonly player: string;
    /** Title that goes with the player's karma, such as `Vault Dweller`; may be empty. */
    readonly title: string;
    /** Level of the player's character. */
    readonly level: number;
    /** Where the player was; may be empty. */
    readonly location: string;
    /** Time played: hours, minutes and seconds, such as `001.45.28`. */
    readonly playTime: string;
    /** The same in seconds; null if it is not in that form. */
    readonly playTimeSeconds: number | null;
    /** Size of the screenshot in pixels; null: there is none. */
    readonly screenshot: ScreenshotSize | null;
    /** File names of the plugins that were loaded, in their order. */
    readonly plugins: readonly string[];
}

/** Size of a screenshot in pixels. */
export interface ScreenshotSize {
    /** From left to right. */
    readonly width: number;
    /** From top to bottom. */
    readonly height: number;
}

/** The screenshot of a saved game. */
export interface Screenshot extends ScreenshotSize {
    /** Red, green and blue, one byte each, row after row from the top. */
    readonly pixels: Uint8Array;
}

/** A save that can't be read. */
export class SaveError extends UserError {
    /** Why, without the file's name: `it ends at byte 97, in the middle of the player's name`. */
    readonly reason: string;

    /**
     * @param file full path
     * @param backup path of the backup that the game has kept beside it; null: there is none, or it is not known
     */
    constructor(
        code: "BAD_SAVE" | "SAVE_NOT_READABLE",
        file: string,
        reason: string,
        options?: ErrorOptions,
        backup: string | null = null,
    ) {
        super(
            code,
            `${file} can't be read: ${reason}.`,
            backup === null || code !== "BAD_SAVE"
                ? resolutions[code]
                : `Load an earlier save, or the backup beside it: rename ${path.basename(backup)} so that it ends in .fos.`,
            options,
        );
        this.reason = reason;
    }
}

const resolutions = {
    BAD_SAVE: "Load an earlier save, or the backup that the game may have kept beside it (.bak).",
    SAVE_NOT_READABLE: "Check that the file is still there, and that you may read it.",
} as const;
