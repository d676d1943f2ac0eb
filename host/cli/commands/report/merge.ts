import path from "node:path";
import type { CommandModule } from "yargs";

import { UserError } from "../../../errors.js";
import { mergeResults } from "../../../loadtest/results/merge.js";
import type { Context } from "../../context.js";
import { single } from "../../options/resolve-settings.js";

interface MergeArguments {
    files: string[];
    output: string | string[];
    force: boolean;
}

/** `poolnv report merge`: the results of the shards of one run as those of one. */
export function createReportMergeCommand({ output }: Context): CommandModule<object, MergeArguments> {
    return {
        command: "merge <files..>",
        describe: "join the results of the shards of one run",
        builder: (parser) =>
            parser
                .positional("files", { type: "string", array: true, demandOption: true, describe: "files of results" })
                .options({
                    output: {
                        alias: "o",
                        type: "string",
                        requiresArg: true,
                        demandOption: true,
                        describe: "file to write the joined results to",
                    },
                    force: { type: "boolean", default: false, describe: "overwrite that file" },
                })
                .example("$0 report merge 1.jsonl 2.jsonl -o all.jsonl", "two shards"),
        handler: async ({ files, output: wanted, force }) => {
            const file = path.resolve(single("output", wanted)!);
            const sources = files.map((one) => path.resolve(one));
            if (sources.includes(file))
                throw new UserError("USAGE", "A file can't be joined into itself.", "Name another file: -o FILE");
            const run = await mergeResults(sources, file, force);
            output.print(`${file}: ${run.saves.length} saves of ${sources.length} files`);
            output.document({ results: file, files: sources, saves: run.saves.length });
        },
    };
}
