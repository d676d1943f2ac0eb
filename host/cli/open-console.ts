import { printable } from "../../shared/printable.js";
import type { PoolClient } from "../client/pool-client.js";
import { ExitCode, UserError, userErrorExitCodes } from "../errors.js";
import { watchPool } from "../monitor/outputs/watch-pool.js";
import { History } from "../repl/history.js";
import type { ConsoleSink } from "../repl/interpret.js";
import { runLineConsole } from "../repl/line-console.js";
import { resultDocument, resultLines } from "../repl/run-command.js";
import { scriptDocument } from "../repl/script/run-script.js";
import { runTerminalConsole, type Terminal } from "../repl/terminal-console.js";
import type { Context } from "./context.js";
import { type ErrorDocument, errorFields } from "./output.js";
import { installDocument, printInstall } from "./render/install-report.js";

/** Reports the install, runs the console unless `detach` is set, and leaves the program running. */
export async function openConsole(pool: PoolClient, { detach }: { detach: boolean }, context: Context): Promise<void> {
    try {
        printInstall(pool, context.output);
        if (detach) {
            context.output.document(installDocument(pool));
        } else if (context.output.json) {
            await collectDocument(pool, context);
        } else {
            await converse(pool, context);
        }
    } finally {
        await pool.close();
    }
}

async function converse(pool: PoolClient, context: Context): Promise<void> {
    const { io, output } = context;
    const sink: ConsoleSink = {
        result: (result) => output.print(...resultLines(result)),
        help: (lines) => output.print(...lines),
        printed: (line) => output.print(line),
        scriptEnded: () => {},
        error: (error) => output.error(error),
        isHeard: () => io.stdout.writable,
    };
    if (io.stdin.isTTY && io.stdout.isTTY) {
        const history = new History((line) => output.warning(line));
        const terminal = { input: io.stdin, output: io.stdout, history, watch: watchWith(context) };
        await runTerminalConsole(pool, terminal, sink);
        output.print(`${printable(pool.facts.program)} keeps its pool.`);
    } else {
        await runLineConsole(pool, io.stdin, { ...sink, error: (error) => showAndCount(error, context) });
    }
}

function watchWith({ io, output }: Context): Terminal["watch"] {
    return async (pool, signal) => {
        const { LiveView } = await import("../monitor/outputs/live-view.js"); // with a large library, rarely needed
        const view = new LiveView(io.stdout, pool.facts, output.paint, "Enter or Ctrl-C ends the view");
        await watchPool(pool, { signal }, [view]);
    };
}

/** Collects the install and the result or error of each line of standard input in one document. */
async function collectDocument(pool: PoolClient, context: Context): Promise<void> {
    const results: (object | ErrorDocument)[] = [];
    await runLineConsole(pool, context.io.stdin, {
        result: (result) => results.push(resultDocument(result)),
        help: (lines) => results.push({ command: "help", lines }),
        printed: () => {},
        scriptEnded: (file, report) => results.push({ command: "run", file, ...scriptDocument(report) }),
        error: (error) => {
            results.push({ error: errorFields(error) });
            countError(error, context);
        },
        isHeard: () => context.io.stdout.writable,
    });
    context.output.document({ ...installDocument(pool), results });
}

function showAndCount(error: UserError, context: Context): void {
    context.output.error(error);
    countError(error, context);
}

/** The first error decides the exit code; later lines are still run. */
function countError(error: UserError, context: Context): void {
    if (context.exitCode === ExitCode.Done) {
        context.exitCode = userErrorExitCodes[error.code];
    }
}
