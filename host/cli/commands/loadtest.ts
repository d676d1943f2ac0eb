import path from "node:path";
import type { CommandModule } from "yargs";

import { ExitCode, UserError } from "../../errors.js";
import { isFolder } from "../../files/read-file.js";
import { notWritable } from "../../files/not-writable.js";
import { writeNamedFile } from "../../files/named-file.js";
import { theGame } from "../../game/find-games.js";
import type { ProgramCommand } from "../../loadtest/program/launcher.js";
import { junitXml } from "../../loadtest/results/junit.js";
import { readSummary, type Summary } from "../../loadtest/results/summary.js";
import { runLoadtest } from "../../loadtest/run/run-loadtest.js";
import { readScenario } from "../../loadtest/scenario/read-scenario.js";
import { usualScenario } from "../../loadtest/scenario/scenario.js";
import { findProgram } from "../../process/find-program.js";
import type { Output } from "../output.js";
import type { Context } from "../context.js";
import { interruptibly } from "../interruption.js";
import {
    type LoadtestWishes,
    loadtestOptions,
    type LoadtestWords,
    readLoadtestOptions,
} from "../options/loadtest-options.js";
import { LoadtestProgress } from "../render/loadtest-progress.js";
import { isPassed, verdictDocument, verdictTable } from "../render/loadtest-report.js";
import { resolvePoolOptions, single } from "../options/resolve-settings.js";
import { type PoolArguments, poolOptions } from "../options/shared-options.js";

interface LoadtestArguments extends LoadtestWords, PoolArguments {
    scenario: string;
    quiet?: boolean;
    "--"?: string[];
}

/** `poolnv loadtest`: saves one after the other, with samples, a watchdog and a verdict for each. */
export function createLoadtestCommand(context: Context): CommandModule<object, LoadtestArguments> {
    return {
        command: "loadtest <scenario>",
        describe: "load saves one after the other, sample, judge",
        builder: (parser) =>
            parser
                .usage("$0 loadtest [options] <scenario|folder of saves> [-- program args]")
                .positional("scenario", {
                    type: "string",
                    demandOption: true,
                    describe: "folder of saves, or a scenario: .mjs, .js, .ts or plain text",
                })
                .options({ ...poolOptions, ...loadtestOptions })
                .example("$0 loadtest saves", "each save in a fresh game, for a minute")
                .example("$0 loadtest saves --soak 600 --report page.html", "ten minutes each, and a page to read")
                .example("$0 loadtest saves --shard 2/5 --junit verdicts.xml", "one of five machines of a CI system")
                .example(
                    "$0 loadtest saves -- ./server --state {save}",
                    "any program, told its save by its command line",
                )
                .example("$0 loadtest saves --resume", "go on where the last run was interrupted"),
        handler: async (args) => {
            const { output } = context;
            const wishes = readLoadtestOptions(args);
            const baseline = wishes.baseline === undefined ? null : await readSummary(wishes.baseline);
            await interruptibly(
                () => output.note("ending: the save at hand gets no verdict; --resume goes on with it"),
                (signal) => run(args, wishes, signal, context),
            );
            await tell(wishes, baseline, context);
        },
    };
}

async function run(
    args: LoadtestArguments,
    wishes: LoadtestWishes,
    signal: AbortSignal,
    context: Context,
): Promise<void> {
    const { output, services } = context;
    const isPlainFolder = isFolder(args.scenario);
    if (isPlainFolder && wishes.saves !== undefined)
        throw new UserError("USAGE", "The folder of saves is given twice.", "Leave out --saves, or name a scenario.");
    const scenario = isPlainFolder ? usualScenario : await readScenario(args.scenario);
    const command = await findCommand(args, wishes);
    const pool = await resolvePoolOptions(args, output, () => services.findConfigFile({ program: command.program }));
    const progress = new LoadtestProgress(context, args.quiet === true);
    try {
        await runLoadtest({
            ...wishes,
            scenario,
            saves: isPlainFolder ? path.resolve(args.scenario) : (wishes.saves ?? scenario.saves),
            command,
            pool: { ...pool, onProgress: undefined },
            signal,
            onCase: progress.onCase,
        });
    } finally {
        progress.close();
    }
}

/** What is behind -- is a program and its arguments, or only the arguments of `--program`; without any it is the game. */
async function findCommand(args: LoadtestArguments, { program }: LoadtestWishes): Promise<ProgramCommand> {
    const behind = args["--"] ?? [];
    if (program !== undefined) return { program: findProgram(program), args: behind };
    const [first, ...rest] = behind;
    if (first !== undefined) return { program: findProgram(first), args: rest };
    const prefix = single("wine-prefix", args["wine-prefix"]);
    const game = await theGame(undefined, prefix === undefined ? {} : { winePrefix: prefix });
    return { program: game.program, args: [] };
}

async function tell(wishes: LoadtestWishes, baseline: Summary | null, context: Context): Promise<void> {
    const { output } = context;
    const summary = await readSummary(wishes.results);
    if (wishes.junit !== undefined) await writeJunit(wishes.junit, summary);
    if (wishes.report !== undefined) await writePage(wishes, wishes.report, output);
    output.print(...verdictTable(summary, baseline), `results in ${wishes.results}`);
    output.document(verdictDocument(summary, wishes.results, baseline));
    if (summary.end !== "finished") output.warning("The run was interrupted; to go on with it: --resume");
    if (!isPassed(summary)) context.exitCode = ExitCode.Threshold;
}

async function writePage({ results, baseline }: LoadtestWishes, file: string, output: Output): Promise<void> {
    const { writeReport } = await import("../../loadtest/report/write-report.js"); // large, and not always wanted
    await writeReport({
        results,
        baseline: baseline ?? null,
        file,
        overwrite: true,
        onProgress: (line) => output.progress(line),
    });
}

async function writeJunit(file: string, summary: Summary): Promise<void> {
    await writeNamedFile(file, junitXml(summary), true).catch((cause: unknown) => {
        throw notWritable(file, cause);
    });
}
