import type { CommandModule, InferredOptionTypes } from "yargs";
import { runDemo } from "../../demo/demo.js";
import { comparisonTable, demoDocument } from "../../demo/demo-report.js";
import { resultLines } from "../../repl/run-command.js";
import type { Context } from "../context.js";
import { resolvePoolOptions } from "../options/resolve-settings.js";
import { installOptions, withOptions } from "../options/shared-options.js";

/** `poolnv demo`: launches a program that ships with poolnv, without and with the pool. */
export function createDemoCommand(context: Context): CommandModule<object, InferredOptionTypes<typeof installOptions>> {
    const { output, services } = context;
    return {
        command: "demo",
        describe: "run a program that ships with poolnv without and with the pool, and compare",
        builder: (parser) =>
            withOptions(parser, "demo", installOptions).example("$0 demo --pool-size 256", "with a small pool"),
        handler: async (args) => {
            const options = await resolvePoolOptions(args, output);
            const report = await runDemo(options, services);
            output.print(...report.results.flatMap(resultLines), "", comparisonTable(report));
            output.document(demoDocument(report));
        },
    };
}
