import type { launch } from "../client/launch.js";
import type { attach, connect } from "../client/open.js";
import type { findConfigFile } from "../config/find-config-file.js";
import type { ExitCode } from "../errors.js";
import type { setupEngine } from "../frida/setup/setup.js";
import type { waitForProgram } from "../frida/wait-for-program.js";
import type { Io } from "./io.js";
import type { Output } from "./output.js";

/** What every command receives. */
export interface Context {
    readonly io: Io;
    readonly output: Output;
    readonly services: Services;
    /** Exit code of a command that continued after an error it has already printed. */
    exitCode: ExitCode;
}

/** The entry points that touch processes, as an interface so that the command line can be tested without one. */
export interface Services {
    attach: typeof attach;
    connect: typeof connect;
    launch: typeof launch;
    setupEngine: typeof setupEngine;
    findConfigFile: typeof findConfigFile;
    waitForProgram: typeof waitForProgram;
}
