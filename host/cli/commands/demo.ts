import type { CommandModule } from "yargs";

import { resultLines } from "../../repl/run-command.js";
import { comparisonTable, demoDocument } from "../../demo/demo-report.js";
import { runDemo } from "../../demo/demo.js";
import type { Context } from "../context.js";
import { resolvePoolOptions } from "../options/resolve-settings.js";
import { type PoolArguments, poolOptions } from "../options/shared-options.js";

/** `poolnv demo`: the main job on a program that ships with poolnv. */
export function createDemoCommand(context: Context): CommandModule<object, PoolArguments> {
    const { output, services } = context;
    return {
        command: "demo",
        describe: "the main job on a program that ships with poolnv",
        builder: (parser) => parser.options(poolOptions).example("$0 demo --pool-size 256", "with a small pool"),
        handler: async (args) => {
            const options = await resolvePoolOptions(args, output);
            const report = await runDemo(options, services);
            output.print(...report.results.flatMap(resultLines), "", comparisonTable(report));
            output.document(demoDocument(report));
        },
    };
}
