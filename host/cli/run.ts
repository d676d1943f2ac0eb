import { Parser } from "yargs/helpers";
import { launch } from "../client/launch.js";
import { attach, connect } from "../client/open.js";
import { findConfigFile } from "../config/find-config-file.js";
import { ExitCode } from "../errors.js";
import { waitForProgram } from "../frida/wait-for-program.js";
import type { Context, Services } from "./context.js";
import type { Io } from "./io.js";
import { Output, type OutputStyle } from "./output.js";
import { createParser } from "./parser.js";
import { reportError } from "./report-error.js";

/**
 * Runs one command line from its arguments to its exit code. Never ends the process.
 *
 * @param argv arguments after the program's name
 */
export async function runCommandLine(argv: string[], io: Io, services: Services = realServices): Promise<ExitCode> {
    const context: Context = {
        io,
        services,
        output: new Output(io, outputStyle(argv)),
        exitCode: ExitCode.Done,
    };
    const writeError = watchOutput(io);
    try {
        const parser = await createParser(argv, context);
        const parsed = await parser.parseAsync(argv, {}, (_error, parsed: object, text) => {
            showText(text, "version" in parsed && parsed.version === true, context);
        });
        if (parsed._.length === 0 && !("help" in parsed) && !("version" in parsed)) {
            showText(await parser.getHelp(), false, context);
        }
        const failure = writeError();
        return failure === null ? context.exitCode : reportError(failure, context);
    } catch (error) {
        return reportError(error, context);
    }
}

const realServices: Services = {
    attach,
    connect,
    launch,
    setupEngine: async (...args) => (await import("../frida/setup/setup.js")).setupEngine(...args), // rarely needed
    findConfigFile,
    waitForProgram,
};

/** Read before the arguments are checked, because an error about them is printed in this style, too. */
function outputStyle(argv: string[]): OutputStyle {
    const { json, quiet } = Parser(argv, {
        boolean: ["json", "quiet"],
        configuration: { "populate--": true, "duplicate-arguments-array": false },
    });
    return { json: json === true, quiet: quiet === true };
}

/** Prints the text of --help or --version. */
function showText(text: string, isVersion: boolean, { output }: Context): void {
    if (text !== "") {
        output.document(isVersion ? { version: text } : { help: text });
        output.print(text);
    }
}

/**
 * A closed reader (`poolnv … | head -1`, a closed terminal) is not an error: the command runs to its end. Any other write
 * error is returned at the end and decides the exit code.
 */
function watchOutput(io: Io): () => Error | null {
    let failure: Error | null = null;
    for (const stream of [io.stdout, io.stderr]) {
        stream.on("error", (error: NodeJS.ErrnoException) => {
            const isClosed = error.code === "EPIPE" || (error.code === "EIO" && stream.isTTY === true);
            if (!isClosed) {
                failure ??= error;
            }
        });
    }
    return () => failure;
}
