import { UserError } from "../../../host/errors.js";
import type { Missing } from "../prepared-target.js";

/** Turns a user error of the preparation into what is missing; rethrows any other. */
export function missingBecause(error: unknown): Missing {
    if (error instanceof UserError) return { reason: error.message, resolution: error.resolution };
    throw error;
}
