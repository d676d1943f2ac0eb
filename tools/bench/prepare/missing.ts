import type { Missing } from "../workshop.js";
import { UserError } from "../../../host/errors.js";

/** An error of the preparation as something that is left out. What is a fault of ours stays one. */
export function whatIsMissing(error: unknown): Missing {
    if (error instanceof UserError) return { reason: error.message, resolution: error.resolution };
    throw error;
}
