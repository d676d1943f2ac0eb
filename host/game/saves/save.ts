import type { SaveError } from "./save-error.js";

/** A saved game: its file, and what its header says. */
export interface Save extends SaveFile, SaveHeader {
    /** Bytes of the file. */
    readonly sizeBytes: number;
    /** When it was written. */
    readonly modifiedAt: Date;
}

/** A file that is named like a saved game and is none that can be read. */
export interface BrokenSave extends SaveFile {
    /** Bytes of the file; null where not even that is known. */
    readonly sizeBytes: number | null;
    /** When it was written; null where not even that is known. */
    readonly modifiedAt: Date | null;
    /** What is wrong with it, and what to do: BAD_SAVE or SAVE_NOT_READABLE. */
    readonly problem: SaveError;
}

/** What a folder of saves holds: told apart by `"problem" in save`. */
export type ListedSave = Save | BrokenSave;

/** What is known of a saved game without opening it. */
export interface SaveFile {
    /** Full path. */
    readonly file: string;
    /** Name of the file without its extension: what the game's own `load` takes. */
    readonly name: string;
    /** Whether xNVSE's part of it lies beside it: a file of the same name that ends in `.nvse`. */
    readonly hasCoSave: boolean;
}

/**
 * What the header of a saved game says. Texts are as the game wrote them and may hold anything, control characters
 * included: what is shown on a terminal or in a page has to be made safe for it first.
 */
export interface SaveHeader {
    /** Which of the two games wrote it: only that of New Vegas has a language. */
    readonly layout: "falloutnv" | "fallout3";
    /** Language of the game, such as `ENGLISH`; null in the layout of Fallout 3. */
    readonly language: string | null;
    /** Running number that the game gave the save. */
    readonly number: number;
    /** Name of the player's character; may be empty. */
    readonly player: string;
    /** Title that goes with the player's karma, such as `Vault Dweller`; may be empty. */
    readonly title: string;
    /** Level of the player's character. */
    readonly level: number;
    /** Where the player was; may be empty. */
    readonly location: string;
    /** Time played as the game writes it: hours, minutes and seconds, such as `001.45.28`. */
    readonly playTime: string;
    /** The same in seconds; null where it is not written that way. */
    readonly playTimeSeconds: number | null;
    /** Size of the picture in pixels; null where there is none. */
    readonly screenshot: ScreenshotSize | null;
    /** File names of the plugins that were loaded, in their order. */
    readonly plugins: readonly string[];
}

/** Size of a picture in pixels. */
export interface ScreenshotSize {
    /** From left to right. */
    readonly width: number;
    /** From top to bottom. */
    readonly height: number;
}

/** The picture of a saved game. */
export interface Screenshot extends ScreenshotSize {
    /** Three bytes for each pixel, red, green and blue, row after row from the top. */
    readonly pixels: Uint8Array;
}
