import path from "node:path";
import type { CommandModule, InferredOptionTypes } from "yargs";
import { UserError } from "../../../errors.js";
import { mergeResults } from "../../../loadtest/results/merge.js";
import type { Context } from "../../context.js";
import { withOptions } from "../../options/shared-options.js";
import { flag, pathOption } from "../../options/typed-options.js";

type MergeArguments = InferredOptionTypes<typeof mergeOptions> & { files: string[] };

/** `poolnv report merge`: merges the results of the shards of one run. */
export function createReportMergeCommand({ output }: Context): CommandModule<object, MergeArguments> {
    return {
        command: "merge <files..>",
        describe: "merge the results of the shards of one run",
        builder: (parser) =>
            withOptions(
                parser.positional("files", {
                    type: "string",
                    array: true,
                    demandOption: true,
                    describe: "files of results",
                }),
                "report merge",
                mergeOptions,
            ).example("$0 report merge 1.jsonl 2.jsonl -o all.jsonl", "two shards"),
        handler: async (args) => {
            const file = path.resolve(args.output);
            const sources = args.files.map((one) => path.resolve(one));
            if (sources.includes(file)) {
                throw new UserError("USAGE", "A file can't be merged into itself.", "Name another file: -o FILE");
            }
            output.progress(`merging ${sources.length} files`);
            const run = await mergeResults(sources, file, args.force);
            output.print(`${file}: ${run.saves.length} saves of ${sources.length} files`);
            output.document({ results: file, files: sources, saves: run.saves.length });
        },
    };
}

const mergeOptions = {
    output: { ...pathOption("output", { describe: "file to write" }), alias: "o", demandOption: true },
    force: flag("overwrite that file"),
} as const;
