import { Parser } from "yargs/helpers";

import { findConfigFile } from "../config/find-config-file.js";
import { ExitCode } from "../errors.js";
import { attach, connect, launch } from "../client/open.js";
import { waitForProgram } from "../frida/wait-for-program.js";
import type { Context, Services } from "./context.js";
import type { Io } from "./io.js";
import { Output, type OutputStyle } from "./output.js";
import { createParser } from "./parser.js";
import { reportError } from "./report-error.js";

/**
 * Runs one command line from its arguments to its exit code. Never ends the process.
 *
 * @param argv arguments behind the program's name
 */
export async function runCommandLine(argv: string[], io: Io, services: Services = realServices): Promise<ExitCode> {
    const context: Context = {
        io,
        services,
        output: new Output(io, outputStyle(argv)),
        exitCode: ExitCode.Done,
    };
    const lostOutput = watchOutput(io);
    try {
        const parser = await createParser(argv, context);
        await parser.parseAsync(argv, {}, (_error, parsed: object, text) => {
            showText(text, "version" in parsed && parsed.version === true, context);
        });
        const failure = lostOutput();
        return failure === null ? context.exitCode : reportError(failure, context);
    } catch (error) {
        return reportError(error, context);
    }
}

const realServices: Services = {
    attach,
    connect,
    launch,
    setupEngine: async (...args) => (await import("../frida/setup/setup.js")).setupEngine(...args), // seldom wanted
    findConfigFile,
    waitForProgram,
};

/** Known before the arguments are checked, because a wrong argument must be told in the right style, too. */
function outputStyle(argv: string[]): OutputStyle {
    const { json, quiet } = Parser(argv, {
        boolean: ["json", "quiet"],
        configuration: { "populate--": true, "duplicate-arguments-array": false },
    });
    return { json: json === true, quiet: quiet === true };
}

/** Help and version arrive as one text. */
function showText(text: string, isVersion: boolean, { output }: Context): void {
    if (text !== "") {
        output.document(isVersion ? { version: text } : { help: text });
        output.print(text);
    }
}

/**
 * A reader that has gone (`poolnv … | head -1`, a terminal that was closed) is no error: the command goes on to its end
 * unheard. Any other failure to write is kept for the end, where it costs the exit code.
 */
function watchOutput(io: Io): () => Error | null {
    let failure: Error | null = null;
    for (const stream of [io.stdout, io.stderr]) {
        stream.on("error", (error: NodeJS.ErrnoException) => {
            const isGone = error.code === "EPIPE" || (error.code === "EIO" && stream.isTTY === true);
            if (!isGone) {
                failure ??= error;
            }
        });
    }
    return () => failure;
}
