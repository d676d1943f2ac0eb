import type { PoolClient } from "../client/pool-client.js";
import { CsvOutput } from "../monitor/outputs/csv-output.js";
import { growingFile, replaceSamples } from "../monitor/outputs/file-destinations.js";
import { LineOutput } from "../monitor/outputs/line-output.js";
import type { SampleOutput } from "../monitor/outputs/watch-pool.js";
import type { Context } from "./context.js";
import type { WatchWishes } from "./options/watch-options.js";

/**
 * Everything that samples go to. Standard output takes one kind: values where they were asked for, else a view where it is a
 * terminal, else lines.
 *
 * @throws UserError FILE_EXISTS, FILE_NOT_WRITABLE, PORT_TAKEN
 */
export async function openOutputs(pool: PoolClient, wishes: WatchWishes, context: Context): Promise<SampleOutput[]> {
    const outputs: SampleOutput[] = [];
    try {
        if (wishes.csv !== undefined) outputs.push(await csvOutput(wishes.csv, wishes.overwrite, context));
        if (wishes.prometheus !== undefined) outputs.push(await prometheusOutput(wishes.prometheus, pool, context));
        if (wishes.port !== undefined) outputs.push(await pageOutput(wishes.port, pool, wishes, context));
        return wishes.isStdoutTaken ? outputs : [...outputs, await viewOf(pool, context)];
    } catch (error) {
        for (const output of outputs) await output.close();
        throw error;
    }
}

/** What a person sees. */
async function viewOf(pool: PoolClient, { io, output }: Context): Promise<SampleOutput> {
    const canBeDrawnOn = io.stdout.isTTY === true && io.stdout.columns !== 0 && io.env["TERM"] !== "dumb";
    if (!canBeDrawnOn)
        return new LineOutput(
            (line) => output.print(line),
            () => io.stdout.writable,
        );
    const { LiveView } = await import("../monitor/outputs/live-view.js"); // with a large library
    const howToEnd = "Ctrl-C ends the view; the program goes on with its pool";
    return new LiveView(io.stdout, pool.facts, output.paint, howToEnd);
}

async function csvOutput(file: string, overwrite: boolean, { io, output }: Context): Promise<SampleOutput> {
    return new CsvOutput(
        file === "-"
            ? { write: (text) => output.data(text), isHeard: () => io.stdout.writable, close: () => {} }
            : await growingFile(file, overwrite),
    );
}

async function prometheusOutput(file: string, { facts }: PoolClient, { io, output }: Context): Promise<SampleOutput> {
    const { PrometheusOutput } = await import("../monitor/outputs/prometheus-output.js"); // seldom wanted
    return file === "-"
        ? new PrometheusOutput(facts, (text) => output.data(text), () => io.stdout.writable) // prettier-ignore
        : new PrometheusOutput(facts, (text) => replaceSamples(file, text), () => true); // prettier-ignore
}

async function pageOutput(
    port: number,
    { facts }: PoolClient,
    { isStdoutTaken }: WatchWishes,
    { output }: Context,
): Promise<SampleOutput> {
    const { LivePage } = await import("../monitor/outputs/web/live-page.js"); // seldom wanted
    const page = await LivePage.open(facts, port);
    const line = `The page: ${page.url}`;
    if (isStdoutTaken) output.note(line);
    else output.print(line);
    return page;
}
