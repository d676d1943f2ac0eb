import type { CommandModule } from "yargs";
import type { Context } from "../context.js";
import { createReportHtmlCommand } from "./report/html.js";
import { createReportMergeCommand } from "./report/merge.js";

/** `poolnv report`: processes the results of load tests. Each subcommand is a file of its own under `report/`. */
export function createReportCommand(context: Context): CommandModule {
    return {
        command: "report",
        describe: "make a page of the results of a load test, or merge results",
        builder: (parser) =>
            parser
                .command([createReportHtmlCommand(context), createReportMergeCommand(context)] as CommandModule[])
                .demandCommand(1, "No subcommand was given: html or merge.")
                .example("$0 report html run.jsonl -o page.html", "a page to read, with plots")
                .example("$0 report merge 1.jsonl 2.jsonl -o run.jsonl", "one run of the shards of two machines"),
        handler: () => {},
    };
}
