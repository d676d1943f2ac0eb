import { resultDocument } from "../run-command.js";
import type { ScriptReport } from "./run-script.js";

/** What a script left behind, as one JSON value. */
export function scriptDocument({ printed, variables, results }: ScriptReport): object {
    return { printed, variables, results: results.map(resultDocument) };
}
