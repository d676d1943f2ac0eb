import type { InferredOptionTypes } from "yargs";
import { UserError } from "../../errors.js";
import { flag, numberOption, pathOption } from "./typed-options.js";

/** Options of `watch`, besides those that reach the pool. */
export const watchOptions = {
    interval: numberOption(
        "interval",
        { describe: "time between two samples", usual: "1" },
        { from: 0.1, to: 3600, unit: "seconds" },
    ),
    count: numberOption(
        "count",
        { describe: "number of samples to take", usual: "until Ctrl-C" },
        { from: 1, to: 1_000_000_000 },
    ),
    csv: pathOption("csv", { describe: "write comma-separated values; - is standard output", group: "Output:" }),
    prometheus: pathOption("prometheus", {
        describe: "keep the newest sample in a file for Prometheus, replaced atomically; - is standard output",
        group: "Output:",
    }),
    web: flag("serve a page of plots, to this machine only", "Output:"),
    port: numberOption(
        "port",
        { describe: "port of that page", usual: "any free one", group: "Output:" },
        { from: 0, to: 65535 },
    ),
    force: flag("with --csv: overwrite the file", "Output:"),
} as const;

/** Options of `watch`, checked one by one. */
export type WatchArguments = InferredOptionTypes<typeof watchOptions>;

/**
 * Checks that the options go together.
 *
 * @returns whether standard output carries values, and nothing for people
 * @throws UserError USAGE
 */
export function checkOutputs({ csv, prometheus, port, web, force }: WatchArguments, json: boolean): boolean {
    const claims = [csv === "-" ? "--csv -" : "", prometheus === "-" ? "--prometheus -" : "", json ? "--json" : ""];
    const [one, other] = claims.filter((claim) => claim !== "");
    if (one !== undefined && other !== undefined) {
        throw new UserError("USAGE", `${one} and ${other} both need standard output.`, "Name a file for one of them.");
    }
    if (port !== undefined && !web) throw new UserError("USAGE", "--port needs --web.", "Add: --web");
    if (force && csv === undefined) {
        throw new UserError("USAGE", "--force overwrites the file of --csv, which is not given.", "Add: --csv FILE");
    }
    return one !== undefined;
}
