import type { CommandModule } from "yargs";

import { printable } from "../../../shared/printable.js";
import { MemoryPool } from "../../client/memory-pool.js";
import { SamplesDocument } from "../../monitor/outputs/samples-document.js";
import { watchPool } from "../../monitor/outputs/watch-pool.js";
import type { Context } from "../context.js";
import { interruptibly } from "../interruption.js";
import { resolvePoolOptions } from "../options/resolve-settings.js";
import { type PoolArguments, poolOptions } from "../options/shared-options.js";
import { parseTarget, processPositional } from "../target.js";
import { readWatchOptions, type WatchWishes, type WatchWords } from "../options/watch-options.js";
import { openOutputs } from "../watch-outputs.js";

interface WatchArguments extends PoolArguments, WatchWords {
    process: string;
}

/** `poolnv watch`: what a pool that is there already does, as it does it. */
export function createWatchCommand(context: Context): CommandModule<object, WatchArguments> {
    return {
        command: "watch <process>",
        describe: "live view until Ctrl-C",
        builder: (parser) =>
            parser
                .positional("process", processPositional)
                .options({ ...poolOptions, ...watchOptions })
                .example("$0 watch FalloutNV", "on a terminal a view, elsewhere a line for each sample")
                .example("$0 watch FalloutNV --web", "the same as a page of this machine")
                .example("$0 watch 4711 --interval 0.1 --csv session.csv", "keep ten samples a second")
                .example("$0 watch 4711 --prometheus /var/lib/node_exporter/poolnv.prom", "for a textfile collector"),
        handler: async (args) => {
            const { output, services } = context;
            const wishes = readWatchOptions(args, output.json);
            const target = parseTarget(args.process);
            const options = await resolvePoolOptions(args, output, (engine) =>
                services.findConfigFile({ process: target, engine }),
            );
            const pool = new MemoryPool(await services.connect(target, options));
            try {
                await interruptibly(
                    () => {},
                    (signal) => watch(pool, wishes, signal, context),
                );
            } finally {
                await pool.close();
            }
        },
    };
}

const watchOptions = {
    interval: { ...text("time from one sample to the next in seconds, 0.1 to 3600"), defaultDescription: "1" },
    count: { ...text("how many samples to take"), defaultDescription: "until Ctrl-C" },
    csv: text("write samples as comma-separated values; - is standard output"),
    prometheus: text("keep the newest sample in a file for Prometheus, replaced in one step; - is standard output"),
    web: { type: "boolean", default: false, describe: "show a page of plots, to this machine only" },
    port: { ...text("port of that page"), defaultDescription: "any that is free" },
    force: { type: "boolean", default: false, describe: "with --csv: overwrite the file" },
} as const;

function text(describe: string) {
    return { type: "string", requiresArg: true, describe } as const;
}

async function watch(pool: MemoryPool, wishes: WatchWishes, signal: AbortSignal, context: Context): Promise<void> {
    const { output } = context;
    const document = output.json ? new SamplesDocument() : null;
    const outputs = await openOutputs(pool, wishes, context);
    const { intervalMs, count } = wishes;
    const end = await watchPool(
        pool,
        { intervalMs, count, signal },
        document === null ? outputs : [...outputs, document],
    );
    if (end === "gone") await tellEnd(pool, wishes, context);
    output.document(document?.toObject(pool.facts, intervalMs, end));
}

async function tellEnd({ facts, ended }: MemoryPool, { isStdoutTaken }: WatchWishes, { output }: Context) {
    const { reason } = await ended;
    const line = printable(`${facts.program} (pid ${facts.pid}) is gone: ${reason ?? "the program has ended"}.`);
    if (isStdoutTaken) output.note(line);
    else output.print(line);
}
