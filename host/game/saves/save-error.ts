import { UserError } from "../../errors.js";

/** Why a save cannot be read. */
export class SaveError extends UserError {
    /** What is wrong, without the file's name: `it ends at byte 97, in the middle of the player's name`. */
    readonly reason: string;

    /** @param file full path */
    constructor(code: keyof typeof resolutions, file: string, reason: string, options?: ErrorOptions) {
        super(code, `${file} cannot be read: ${reason}.`, resolutions[code], options);
        this.reason = reason;
    }
}

/** What to do about each kind. */
const resolutions = {
    BAD_SAVE: "Load an earlier save, or the backup that the game may have kept beside it (.bak).",
    SAVE_NOT_READABLE: "Check that the file is still there, and that you may read it.",
} as const;
