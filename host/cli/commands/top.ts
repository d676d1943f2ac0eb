import type { CommandModule, InferredOptionTypes } from "yargs";
import { sampleIntervalMax } from "../../../shared/layout.js";
import { topDefaults } from "../../client/sampling/top-callers.js";
import type { Context } from "../context.js";
import { interruptibly } from "../interruption.js";
import { connectOptions, withOptions } from "../options/shared-options.js";
import { numberOption } from "../options/typed-options.js";
import { processPositional } from "../process-positional.js";
import { callersDocument, printCallers } from "../render/callers-report.js";
import { withPool } from "../with-pool.js";

type TopArguments = InferredOptionTypes<typeof topOptions> & { process: string | number };

/** `poolnv top`: samples which code allocates most. */
export function createTopCommand(context: Context): CommandModule<object, TopArguments> {
    const { output } = context;
    return {
        command: "top <process>",
        describe: "sample allocations and rank their callers by function or module",
        builder: (parser) =>
            withOptions(parser.positional("process", processPositional), "top", topOptions)
                .example("$0 top FalloutNV", "one call in 1,000, for 10 seconds")
                .example("$0 top FalloutNV --by module --seconds 60", "which plugin fills the pool")
                .example("$0 top 4711 --one-in 100 --json", "more samples, as one JSON document"),
        handler: (args) =>
            withPool(args, context, async (pool) => {
                const { "one-in": sampleInterval = topDefaults.sampleInterval, seconds = topDefaults.seconds } = args;
                const { limit = usualLimit, by } = args;
                const top = await interruptibly(
                    () => output.progress("ending early"),
                    (signal) => {
                        const rate =
                            sampleInterval === 1 ? "each call" : `one call in ${sampleInterval.toLocaleString("en")}`;
                        output.progress(`sampling ${rate} for ${seconds} s; Ctrl-C ends it earlier`);
                        return pool.topCallers({ sampleInterval, seconds, by, signal });
                    },
                );
                printCallers(top, limit, pool.facts, output);
                output.document(callersDocument(top, limit, pool.facts));
            }),
    };
}

const usualLimit = 20;

const topOptions = {
    ...connectOptions,
    "one-in": numberOption(
        "one-in",
        { describe: "sample one call in so many", usual: String(topDefaults.sampleInterval) },
        { from: 1, to: sampleIntervalMax },
    ),
    seconds: numberOption(
        "seconds",
        { describe: "how long to sample", usual: String(topDefaults.seconds) },
        { from: 0.1, to: 86_400, unit: "seconds" },
    ),
    by: { choices: ["function", "module"] as const, default: topDefaults.by, describe: "group samples by" },
    limit: numberOption(
        "limit",
        { describe: "number of callers to show", usual: String(usualLimit) },
        { from: 1, to: 400 },
    ),
} as const;
