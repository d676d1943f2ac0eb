import { UserError } from "../errors.js";

/** The program has ended, so that no request reaches it. */
export class ProgramEnded extends UserError {
    constructor(message = "the program has ended", resolution = "Start it again.", options?: ErrorOptions) {
        super("TARGET_GONE", message, resolution, options);
    }
}
