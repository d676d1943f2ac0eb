import type { findConfigFile } from "../config/find-config-file.js";
import type { ExitCode } from "../errors.js";
import type { attach, connect, launch } from "../client/open.js";
import type { setupEngine } from "../frida/setup/setup.js";
import type { waitForProgram } from "../frida/wait-for-program.js";
import type { Io } from "./io.js";
import type { Output } from "./output.js";

/** What every command is given. */
export interface Context {
    readonly io: Io;
    readonly output: Output;
    readonly services: Services;
    /** Exit code of a command that went on after an error it has already shown. */
    exitCode: ExitCode;
}

/** The project's own doors, behind a type so that the command line can be tested without a process to attach to. */
export interface Services {
    attach: typeof attach;
    connect: typeof connect;
    launch: typeof launch;
    setupEngine: typeof setupEngine;
    findConfigFile: typeof findConfigFile;
    waitForProgram: typeof waitForProgram;
}
