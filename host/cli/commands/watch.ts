import type { CommandModule, InferredOptionTypes } from "yargs";
import { printable } from "../../../shared/printable.js";
import type { PoolClient } from "../../client/pool-client.js";
import { SamplesDocument } from "../../monitor/outputs/samples-document.js";
import { watchPool } from "../../monitor/outputs/watch-pool.js";
import type { Context } from "../context.js";
import { interruptibly } from "../interruption.js";
import { connectOptions, withOptions } from "../options/shared-options.js";
import { checkOutputs, type WatchArguments, watchOptions } from "../options/watch-options.js";
import { processPositional } from "../process-positional.js";
import { openOutputs } from "../watch-outputs.js";
import { withPool } from "../with-pool.js";

type Arguments = InferredOptionTypes<typeof connectOptions> & WatchArguments & { process: string | number };

/** `poolnv watch`: samples the pool that a program already has, until Ctrl-C. */
export function createWatchCommand(context: Context): CommandModule<object, Arguments> {
    return {
        command: "watch <process>",
        describe: "sample the pool and show it live until Ctrl-C",
        builder: (parser) =>
            withOptions(parser.positional("process", processPositional), "watch", {
                ...connectOptions,
                ...watchOptions,
            })
                .example("$0 watch FalloutNV", "a live view on a terminal, else one line a sample")
                .example("$0 watch FalloutNV --web", "the same as a web page")
                .example("$0 watch 4711 --interval 0.1 --csv session.csv", "write ten samples a second to a file")
                .example("$0 watch 4711 --prometheus /var/lib/node_exporter/poolnv.prom", "for the textfile collector"),
        handler: async (args) => {
            const isStdoutTaken = checkOutputs(args, context.output.json);
            await withPool(args, context, (pool) =>
                interruptibly(
                    () => {},
                    (signal) => watch(pool, args, isStdoutTaken, signal, context),
                ),
            );
        },
    };
}

async function watch(
    pool: PoolClient,
    args: WatchArguments,
    isStdoutTaken: boolean,
    signal: AbortSignal,
    context: Context,
): Promise<void> {
    const { output } = context;
    const document = output.json ? new SamplesDocument() : null;
    const outputs = await openOutputs(pool, args, isStdoutTaken, context);
    const intervalMs = (args.interval ?? 1) * 1000;
    const all = document === null ? outputs : [...outputs, document];
    const end = await watchPool(pool, { intervalMs, count: args.count, signal }, all);
    if (end === "gone") {
        const { facts, ended } = pool;
        const { reason } = await ended;
        const line = printable(`${facts.program} (pid ${facts.pid}) is gone: ${reason ?? "the program has ended"}.`);
        if (isStdoutTaken) output.note(line);
        else output.print(line);
    }
    output.document(document?.toObject(pool.facts, intervalMs, end));
}
