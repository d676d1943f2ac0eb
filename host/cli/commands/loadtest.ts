import type { CommandModule, InferredOptionTypes } from "yargs";
import { ExitCode, UserError } from "../../errors.js";
import { writeNamedFile } from "../../files/named-file.js";
import { notWritable } from "../../files/not-writable.js";
import { fullPath } from "../../files/path-bytes.js";
import { isFolder } from "../../files/read-file.js";
import { theGame } from "../../game/find-games.js";
import { isSaveFile } from "../../game/saves/list-saves.js";
import type { ProgramCommand } from "../../loadtest/program/launcher.js";
import { junitXml } from "../../loadtest/results/junit.js";
import { readSummary, type Summary } from "../../loadtest/results/summary.js";
import { runLoadtest } from "../../loadtest/run/run-loadtest.js";
import { readScenario } from "../../loadtest/scenario/read-scenario.js";
import { usualScenario } from "../../loadtest/scenario/scenario.js";
import { findProgram } from "../../process/find-program.js";
import type { Context } from "../context.js";
import { interruptibly } from "../interruption.js";
import { gameOption, gameSearch } from "../options/game-options.js";
import { loadtestOptions, readLoadtestOptions } from "../options/loadtest-options.js";
import { poolOptionsOf, resolveSettings } from "../options/resolve-settings.js";
import { connectOptions, encodingOption, installOptions, poolOptions, withOptions } from "../options/shared-options.js";
import { namedPath } from "../options/typed-options.js";
import type { Output } from "../output.js";
import { LoadtestProgress } from "../render/loadtest-progress.js";
import { isPassed, verdictDocument, verdictTable } from "../render/loadtest-report.js";

const options = {
    ...installOptions,
    ...connectOptions,
    "extra-patches": poolOptions["extra-patches"],
    ...loadtestOptions,
    encoding: { ...encodingOption.encoding, group: "Test:" },
    game: { ...gameOption.game, group: "Test:" },
} as const;

type Arguments = InferredOptionTypes<typeof options> & { scenario: string; quiet?: boolean; "--"?: string[] };

/** The options, checked and with their defaults. */
type Run = ReturnType<typeof readLoadtestOptions>;

/** `poolnv loadtest`: loads saves one after the other, samples them and judges each. */
export function createLoadtestCommand(context: Context): CommandModule<object, Arguments> {
    return {
        command: "loadtest <scenario>",
        describe: "load saves one after the other, sample, judge",
        builder: (parser) =>
            withOptions(
                parser
                    .usage("$0 loadtest [options] <scenario|folder of saves> [-- program args]")
                    .positional("scenario", {
                        type: "string",
                        demandOption: true,
                        describe: "folder of saves, one save, or a scenario: .mjs, .js, .ts or plain text",
                    }),
                "loadtest",
                options,
            )
                .example("$0 loadtest saves", "each save in a new process of the game, for a minute")
                .example("$0 loadtest saves --soak 600 --report page.html", "ten minutes each, and a page to read")
                .example("$0 loadtest saves --shard 2/5 --junit verdicts.xml", "one of five machines of a CI system")
                .example("$0 loadtest saves -- ./server --state {save}", "any program that takes a save as an argument")
                .example("$0 loadtest saves --resume", "continue an interrupted run"),
        handler: async (args) => {
            const { output } = context;
            const run = readLoadtestOptions(args);
            const baseline = args.baseline === undefined ? null : await readSummary(args.baseline);
            await interruptibly(
                () => output.note("stopping: the current save gets no verdict; --resume continues with it"),
                (signal) => runTests(args, run, signal, context),
            );
            await report(args, run, baseline, context);
        },
    };
}

async function runTests(args: Arguments, run: Run, signal: AbortSignal, context: Context): Promise<void> {
    const { output, services } = context;
    if (args.game !== undefined && args.program !== undefined) {
        throw new UserError("USAGE", "--game and --program exclude each other.", "Leave one of the two out.");
    }
    const place = namedPath(args.scenario);
    const isPlainFolder = isFolder(place) || isSaveFile(place);
    if (isPlainFolder && args.saves !== undefined) {
        throw new UserError("USAGE", "The folder of saves is given twice.", "Leave out --saves, or name a scenario.");
    }
    const scenario = isPlainFolder ? usualScenario : await readScenario(place);
    const command = await findCommand(args, context);
    const inForce = await resolveSettings(args, output, () => services.findConfigFile({ program: command.program }));
    const progress = new LoadtestProgress(context, args.quiet === true);
    try {
        await runLoadtest({
            ...run,
            scenario,
            saves: isPlainFolder ? fullPath(place) : (args.saves ?? scenario.saves),
            command,
            pool: { ...poolOptionsOf(inForce, output), onProgress: undefined },
            saveEncoding: inForce.settings.save_encoding,
            signal,
            onCase: progress.onCase,
        });
    } finally {
        progress.close();
    }
}

/** Arguments after -- belong to `--program` or `--game`; without either, the first one is the program. */
async function findCommand(args: Arguments, context: Context): Promise<ProgramCommand> {
    const rest = args["--"] ?? [];
    if (args.program !== undefined) return { program: findProgram(args.program), args: rest };
    const [first, ...others] = rest;
    if (args.game === undefined && first !== undefined) return { program: findProgram(first), args: others };
    const { program } = await theGame(args.game, gameSearch(args, context));
    return { program, args: rest };
}

async function report(args: Arguments, run: Run, baseline: Summary | null, context: Context): Promise<void> {
    const { output } = context;
    const summary = await readSummary(run.results);
    if (args.junit !== undefined) await writeJunit(args.junit, summary);
    if (args.report !== undefined) await writePage(args.report, run.results, args.baseline ?? null, output);
    output.print(...verdictTable(summary, baseline), `results in ${run.results}`);
    output.document(verdictDocument(summary, run.results, baseline));
    if (summary.end !== "finished") output.warning("The run was interrupted; to continue it: --resume");
    if (!isPassed(summary)) context.exitCode = ExitCode.Threshold;
}

async function writePage(file: string, results: string, baseline: string | null, output: Output): Promise<void> {
    const { writeReport } = await import("../../loadtest/report/write-report.js"); // large, and rarely needed
    await writeReport({ results, baseline, file, overwrite: true, onProgress: (line) => output.progress(line) });
}

async function writeJunit(file: string, summary: Summary): Promise<void> {
    await writeNamedFile(file, junitXml(summary), true).catch((cause: unknown) => {
        throw notWritable(file, cause);
    });
}
