import type { CommandModule } from "yargs";

import { sampleIntervalMax } from "../../../shared/layout.js";
import { topDefaults } from "../../client/sampling/top-callers.js";
import { callersDocument, printCallers } from "../render/callers-report.js";
import type { Context } from "../context.js";
import { interruptibly } from "../interruption.js";
import { decimalNumber, type NumberOption, numberOption, wholeNumber } from "../options/number-option.js";
import { resolvePoolOptions } from "../options/resolve-settings.js";
import { type PoolArguments, poolOptions } from "../options/shared-options.js";
import { parseTarget, processPositional } from "../target.js";

interface TopArguments extends PoolArguments {
    process: string;
    "one-in"?: string | string[];
    seconds?: string | string[];
    limit?: string | string[];
    by: "module" | "function";
}

/** `poolnv top`: who asks for memory, by sampled calls. */
export function createTopCommand(context: Context): CommandModule<object, TopArguments> {
    return {
        command: "top <process>",
        describe: "who asks for memory: sampled calls by function or module",
        builder: (parser) =>
            parser
                .positional("process", processPositional)
                .options({ ...poolOptions, ...topOptions })
                .example("$0 top FalloutNV", "one call in 1,000, for 10 seconds")
                .example("$0 top FalloutNV --by module --seconds 60", "which plugin fills the pool")
                .example("$0 top 4711 --one-in 100 --json", "more samples, as one JSON document"),
        handler: async (args) => {
            const { output, services } = context;
            const oneIn = numberOption(oneInOption, args["one-in"]) ?? topDefaults.sampleInterval;
            const seconds = numberOption(secondsOption, args.seconds) ?? topDefaults.seconds;
            const limit = numberOption(limitOption, args.limit) ?? limitDefault;
            const target = parseTarget(args.process);
            const options = await resolvePoolOptions(args, output, (engine) =>
                services.findConfigFile({ process: target, engine }),
            );
            const pool = await services.connect(target, options);
            try {
                const top = await interruptibly(
                    () => output.progress("ending early"),
                    (signal) => {
                        const every = oneIn === 1 ? "each call" : `one call in ${oneIn.toLocaleString("en")}`;
                        output.progress(`sampling ${every} for ${seconds} s; Ctrl-C ends it earlier`);
                        return pool.topCallers({ sampleInterval: oneIn, seconds, by: args.by, signal });
                    },
                );
                printCallers(top, limit, pool.facts, output);
                output.document(callersDocument(top, limit, pool.facts));
            } finally {
                await pool.close();
            }
        },
    };
}

const limitDefault = 20;

const topOptions = {
    "one-in": {
        type: "string",
        requiresArg: true,
        describe: `calls of which one is sampled, 1 to ${sampleIntervalMax}`,
        defaultDescription: String(topDefaults.sampleInterval),
    },
    seconds: {
        type: "string",
        requiresArg: true,
        describe: "how long to sample, in seconds, 0.1 to 86400",
        defaultDescription: String(topDefaults.seconds),
    },
    by: { choices: ["function", "module"] as const, default: topDefaults.by, describe: "what is told apart" },
    limit: {
        type: "string",
        requiresArg: true,
        describe: "how many callers to show, 1 to 400",
        defaultDescription: String(limitDefault),
    },
} as const;

const command = "top";
const oneInOption: NumberOption = {
    name: "one-in",
    command,
    shape: wholeNumber,
    least: 1,
    most: sampleIntervalMax,
    expectation: `a whole number, 1 to ${sampleIntervalMax}`,
};
const secondsOption: NumberOption = {
    name: "seconds",
    command,
    shape: decimalNumber,
    least: 0.1,
    most: 86_400,
    expectation: "seconds, 0.1 to 86400",
};
const limitOption: NumberOption = {
    name: "limit",
    command,
    shape: wholeNumber,
    least: 1,
    most: 400,
    expectation: "a whole number, 1 to 400",
};
