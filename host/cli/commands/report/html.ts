import type { CommandModule } from "yargs";

import { printable } from "../../../../shared/printable.js";
import { UserError } from "../../../errors.js";
import { writeReport } from "../../../loadtest/report/write-report.js";
import type { Context } from "../../context.js";
import { verdictText } from "../../render/loadtest-report.js";
import { single } from "../../options/resolve-settings.js";

interface HtmlArguments {
    results: string;
    output: string | string[];
    baseline?: string | string[];
    force: boolean;
}

/** `poolnv report html`: one page that tells how a load test went. */
export function createReportHtmlCommand(context: Context): CommandModule<object, HtmlArguments> {
    return {
        command: "html <results>",
        describe: "write a page that tells how a load test went",
        builder: (parser) =>
            parser
                .positional("results", {
                    type: "string",
                    demandOption: true,
                    describe: "file of results, as poolnv loadtest writes it",
                })
                .options(htmlOptions)
                .example("$0 report html night.jsonl -o night.html", "one file that needs no network")
                .example("$0 report html night.jsonl -o night.html --baseline last-week.jsonl", "and what got worse"),
        handler: async (args) => {
            const { output } = context;
            const report = await writeReport({ ...readArguments(args), onProgress: (line) => output.progress(line) });
            const { file, bytes, outcomes, changes } = report;
            const counts = Object.entries(outcomes).map(([outcome, number]) => `${number} ${verdictText(outcome)}`);
            output.print(`Wrote ${printable(file)} (${(bytes / 1_048_576).toFixed(2)} MB): ${counts.join(", ")}`);
            if (changes !== null)
                output.print(`Since the earlier run: ${changes.worse} worse, ${changes.better} better`);
            output.document(report);
        },
    };
}

const htmlOptions = {
    output: { alias: "o", type: "string", requiresArg: true, demandOption: true, describe: "the page to write" },
    baseline: { type: "string", requiresArg: true, describe: "results of an earlier run to compare with" },
    force: { type: "boolean", default: false, describe: "overwrite a file that is there" },
} as const;

function readArguments(args: HtmlArguments) {
    const { results, force: overwrite } = args;
    const [file, baseline] = [single("output", args.output) ?? "", single("baseline", args.baseline)];
    if (results === "" || file === "" || baseline === "")
        throw new UserError("USAGE", "The name of a file is empty.", "Name the file of results and the page to write.");
    return { results, file, baseline: baseline ?? null, overwrite };
}
