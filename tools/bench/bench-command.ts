import yargs, { type Argv } from "yargs";
import { Parser } from "yargs/helpers";
import { interruptibly } from "../../host/cli/interruption.js";
import type { Io } from "../../host/cli/io.js";
import { Output } from "../../host/cli/output.js";
import { reportError } from "../../host/cli/report-error.js";
import { ExitCode, UserError } from "../../host/errors.js";
import { writeNamedFile } from "../../host/files/named-file.js";
import { notWritable } from "../../host/files/not-writable.js";
import { type BenchArguments, type BenchOptions, benchOptions, readBenchOptions } from "./bench-options.js";
import { benchDocument } from "./output/document.js";
import { markdownTable, terminalTable } from "./output/grid.js";
import { reportGrids } from "./output/report-grids.js";
import type { BenchReport } from "./report.js";
import { runBench } from "./run-bench.js";

interface CommandArguments extends BenchArguments {
    markdown: boolean;
    svg?: string;
    html?: string;
}

/**
 * `npm run bench`: measures the pool beside other allocators on this machine. Never ends the process.
 *
 * @param argv arguments after the program's name
 */
export async function runBenchCommand(argv: string[], io: Io): Promise<ExitCode> {
    const { json, quiet } = Parser(argv, { boolean: ["json", "quiet"] });
    const output = new Output(io, { json: json === true, quiet: quiet === true });
    try {
        const { args, help } = await parse(argv);
        if (help === "") return await measure(args, output);
        output.print(help);
        return ExitCode.Done;
    } catch (error) {
        return reportError(error, { io, output });
    }
}

/**
 * What a command line asks to measure.
 *
 * @throws UserError USAGE
 */
export async function parseBenchOptions(argv: string[]): Promise<BenchOptions> {
    return readBenchOptions((await parse(argv)).args);
}

/** `help` is the text of `--help`, if that was given. */
async function parse(argv: string[]): Promise<{ args: CommandArguments; help: string }> {
    let help = "";
    const args = await createParser().parseAsync(argv, {}, (_error, _args, text) => {
        help = text;
    });
    return { args: args as unknown as CommandArguments, help };
}

function createParser(): Argv {
    return yargs()
        .scriptName("npm run bench --")
        .usage("$0 [options]\n\nMeasures the pool and other allocators side by side on this machine.")
        .options(benchOptions)
        .options(outputOptions)
        .example("$0 --quick", "only show that it works")
        .alias("help", "h")
        .version(false)
        .parserConfiguration({ "camel-case-expansion": false })
        .strict()
        .detectLocale(false)
        .exitProcess(false)
        .fail((message: string | null, error: Error | undefined) => {
            if (error !== undefined && error.name !== "YError") throw error;
            const said = message ?? error?.message ?? "Wrong usage.";
            throw new UserError("USAGE", said, "See: npm run bench -- --help");
        });
}

const outputOptions = {
    markdown: { type: "boolean", default: false, describe: "print the tables in Markdown" },
    svg: { type: "string", requiresArg: true, describe: "write a picture of the times" },
    html: { type: "string", requiresArg: true, describe: "write a page with the picture and the tables" },
    json: { type: "boolean", default: false, describe: "one JSON document on standard output" },
    quiet: { type: "boolean", default: false, describe: "no progress" },
} as const;

async function measure(args: CommandArguments, output: Output): Promise<ExitCode> {
    const options = readBenchOptions(args);
    output.progress(`seed ${options.seed}`);
    const report = await interruptibly(
        () => output.progress("ending with what was measured so far"),
        (signal) => runBench(options, { signal, onProgress: (line) => output.progress(line) }),
    );
    await writePictures(report, args);
    output.print(...reportGrids(report).map(args.markdown ? markdownTable : terminalTable));
    output.print(`seed ${report.options.seed}, ${report.cores} cores, ${report.seconds.toFixed(0)} s`);
    output.document(benchDocument(report));
    warn(report, output);
    return report.faults.length > 0 ? ExitCode.Fault : ExitCode.Done;
}

async function writePictures(report: BenchReport, { svg, html }: CommandArguments): Promise<void> {
    if (svg === undefined && html === undefined) return;
    const { page, picture } = await import("./output/picture.js"); // large, and rarely needed
    const drawn = picture(report);
    if (svg !== undefined) await write(svg, drawn);
    if (html !== undefined) await write(html, page(drawn, reportGrids(report).map(markdownTable).join("\n")));
}

async function write(file: string, content: string): Promise<void> {
    try {
        await writeNamedFile(file, content, true);
    } catch (cause) {
        throw notWritable(file, cause);
    }
}

function warn(report: BenchReport, output: Output): void {
    if (!report.isComplete) output.warning("The run was interrupted; the tables hold what was measured before.");
    for (const { target, workload, allocator, message } of report.faults) {
        output.warning(`${allocator} failed on ${workload} (${target}): ${message}`);
    }
}
