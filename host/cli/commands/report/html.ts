import type { CommandModule, InferredOptionTypes } from "yargs";
import { megabytes } from "../../../../shared/bytes.js";
import { printable } from "../../../../shared/printable.js";
import { UserError } from "../../../errors.js";
import { writeReport } from "../../../loadtest/report/write-report.js";
import type { Context } from "../../context.js";
import { withOptions } from "../../options/shared-options.js";
import { flag, textOption } from "../../options/typed-options.js";
import { verdictText } from "../../render/loadtest-report.js";

type HtmlArguments = InferredOptionTypes<typeof htmlOptions> & { results: string };

/** `poolnv report html`: writes one page about a load test. */
export function createReportHtmlCommand(context: Context): CommandModule<object, HtmlArguments> {
    return {
        command: "html <results>",
        describe: "write a page about a load test",
        builder: (parser) =>
            withOptions(
                parser.positional("results", {
                    type: "string",
                    demandOption: true,
                    describe: "file of results, as poolnv loadtest writes it",
                }),
                "report html",
                htmlOptions,
            )
                .example("$0 report html night.jsonl -o night.html", "one file that needs no network")
                .example("$0 report html night.jsonl -o night.html --baseline last-week.jsonl", "and what got worse"),
        handler: async (args) => {
            const { output } = context;
            const onProgress = (line: string) => output.progress(line);
            const report = await writeReport({ ...readArguments(args), onProgress });
            const { file, bytes, outcomes, changes } = report;
            const counts = Object.entries(outcomes).map(([outcome, number]) => `${number} ${verdictText(outcome)}`);
            output.print(`Wrote ${printable(file)} (${megabytes(bytes)} MB): ${counts.join(", ")}`);
            if (changes !== null) {
                output.print(`Since the earlier run: ${changes.worse} worse, ${changes.better} better`);
            }
            output.document(report);
        },
    };
}

const htmlOptions = {
    output: { ...textOption("output", { describe: "the page to write" }), alias: "o", demandOption: true },
    baseline: textOption("baseline", { describe: "results of an earlier run to compare with" }),
    force: flag("overwrite an existing file"),
} as const;

function readArguments({ results, output: file, baseline, force: overwrite }: HtmlArguments) {
    if (results === "" || file === "" || baseline === "") {
        throw new UserError("USAGE", "The name of a file is empty.", "Name the file of results and the page to write.");
    }
    return { results, file, baseline: baseline ?? null, overwrite };
}
