import type { CommandModule } from "yargs";

import { type BenchWords, readBenchOptions } from "./bench-options.js";
import { benchDocument } from "./output/document.js";
import { markdownTable, terminalTable } from "./output/grid.js";
import { reportGrids } from "./output/report-grids.js";
import type { BenchReport } from "./report.js";
import { runBench } from "./run-bench.js";
import { ExitCode } from "../../host/errors.js";
import { notWritable } from "../../host/files/not-writable.js";
import { writeNamedFile } from "../../host/files/named-file.js";
import type { Context } from "../../host/cli/context.js";
import { interruptibly } from "../../host/cli/interruption.js";
import type { Output } from "../../host/cli/output.js";

interface BenchArguments extends BenchWords {
    markdown?: boolean;
    svg?: string;
    html?: string;
}

/** `poolnv bench`: the pool beside other allocators, on this machine. */
export function createBenchCommand(context: Context): CommandModule<object, BenchArguments> {
    const { output } = context;
    return {
        command: "bench",
        describe: "side-by-side figures on this machine",
        builder: (parser) => parser.options(benchOptions).example("$0 bench --quick", "only show that it works"),
        handler: async (args) => {
            const options = readBenchOptions(args);
            output.progress(`seed ${options.seed}`);
            const report = await interruptibly(
                () => output.progress("ending with what was measured so far"),
                (signal) => runBench(options, { signal, onProgress: (line) => output.progress(line) }),
            );
            await writePictures(report, args);
            output.print(...reportGrids(report).map(args.markdown === true ? markdownTable : terminalTable));
            output.print(`seed ${report.options.seed}, ${report.cores} cores, ${report.seconds.toFixed(0)} s`);
            output.document(benchDocument(report));
            warn(report, output);
            if (report.faults.length > 0) context.exitCode = ExitCode.Fault;
        },
    };
}

const benchOptions = {
    seed: { ...text("what all sizes and lifetimes come from, 0 to 4294967295"), defaultDescription: "1" },
    targets: { ...text("comma-separated: linux-x64, linux-i386, win32"), defaultDescription: "all" },
    workloads: {
        ...text("comma-separated: churn, realloc, mix, mix4, growth, startup, live5m, scale1, scale2"),
        defaultDescription: "all",
    },
    contestants: {
        ...text("comma-separated: crt, recycle, bump, interceptor, floor, mimalloc, jemalloc, tcmalloc, rpmalloc"),
        defaultDescription: "all",
    },
    repetitions: { ...text("how often each is measured, 1 to 100"), defaultDescription: "5" },
    quick: { type: "boolean", default: false, describe: "few operations: shows that everything works" },
    markdown: { type: "boolean", default: false, describe: "tables for a document" },
    svg: text("write a picture of the times"),
    html: text("write a page with the picture and the tables"),
    "wine-prefix": { ...text("Wine prefix of the Windows programs"), defaultDescription: "the tests' own" },
} as const;

function text(describe: string) {
    return { type: "string", requiresArg: true, describe } as const;
}

async function writePictures(report: BenchReport, { svg, html }: BenchArguments): Promise<void> {
    if (svg === undefined && html === undefined) return;
    const { page, picture } = await import("./output/picture.js"); // large, and seldom wanted
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
    if (!report.isComplete) output.warning("The run was interrupted; the tables hold what was measured until then.");
    for (const { target, workload, contestant, message } of report.faults)
        output.warning(`${contestant} failed on ${workload} (${target}): ${message}`);
}
