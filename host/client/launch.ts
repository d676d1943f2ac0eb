import type { PoolOptions } from "../config/pool-options.js";
import { ExitCode, UserError, userErrorExitCodes } from "../errors.js";
import { type Engine } from "../frida/engine.js";
import { openEngine } from "../frida/open-engine.js";
import { findProgram, workingFolder } from "../process/find-program.js";
import { findWineProcess } from "../process/windows-pid.js";
import { windowsPath } from "../process/wine.js";
import { attachEngine, closingOnFailure } from "./attach-engine.js";
import { refuseUnsuitable } from "./before-injection.js";
import { beforeFrida, loaderOfFrida } from "./frida-has-left.js";
import { asSeenFromHere, findOrInstall, type Installed, isPacked, unpackingMs } from "./install.js";
import { leaveToResident } from "./leave-to-resident.js";
import type { ProgramHere } from "./mailbox/find-mailbox.js";
import type { PoolClient } from "./pool-client.js";
import { translateErrors } from "./translate-errors.js";
import { checkOptions } from "./tuning.js";

/** Options of `launch`. */
export interface LaunchOptions extends PoolOptions {
    /** Whether the program's standard output goes to our standard error, because ours holds one JSON document. */
    programOutputToStderr?: boolean;
    /** Working directory of the program; default: the folder of a Windows program, for others ours. */
    cwd?: string;
    /** Variables to add to the program's environment. Windows programs under Wine do not get them. */
    env?: Readonly<Record<string, string>>;
}

/**
 * Starts a program suspended, installs the pool and resumes it, as `poolnv launch` does. Its standard input is empty, because ours belongs to
 * the console; its output goes where ours goes. If anything fails before it runs, it is killed.
 *
 * @param program path of a program, or the name of one on the PATH
 * @throws UserError NO_SUCH_PROGRAM, NO_SUCH_FOLDER, NO_ENGINE, NO_ROOM, ...; any code whose exit code is 2 to 5
 */
export async function launch(program: string, args: string[] = [], options: LaunchOptions = {}): Promise<PoolClient> {
    return (await launchProgram(program, args, options)).client;
}

/** A program that was launched, with what it takes to see it to its end. */
export interface LaunchedProgram {
    readonly client: PoolClient;
    /** Process id on its own system: under Wine, that of Windows. */
    readonly pid: number;
    /** Its exit code once it has ended, 0 to 2^32 - 1 on Windows; null if that can't be known. */
    exitCode(): Promise<number | null>;
    kill(): Promise<void>;
}

/** As `launch`, for a caller that waits for the program's end. */
export async function launchProgram(
    program: string,
    args: string[],
    options: LaunchOptions = {},
): Promise<LaunchedProgram> {
    checkOptions(options);
    const path = findProgram(program);
    const underWine = process.platform !== "win32" && (options.engine === "wine" || /\.exe$/i.test(path));
    const cwd = workingFolder(path, options.cwd, underWine || process.platform === "win32");
    const engine = await openEngine({
        choice: options.engine ?? "auto",
        wine: underWine ? { loader: null, prefix: options.winePrefix ?? null } : null,
        programOutput: options.programOutputToStderr === true ? "stderr" : "stdout",
        answerLimitMs: options.answerLimitMs,
        onProgress: options.onProgress ?? (() => {}),
    });
    return closingOnFailure(engine, async () => {
        const theirPath = underWine ? windowsPath(path) : path;
        const pid = await engine.spawn(theirPath, {
            argv: [theirPath, ...args],
            cwd: underWine ? windowsPath(cwd) : cwd,
            env: underWine ? undefined : { ...ourEnvironment(), ...options.env },
        });
        try {
            if (process.platform === "linux" && engine.kind !== "wine") refuseUnsuitable(pid, options);
            return {
                client: await installAndResume(engine, pid, options),
                pid,
                exitCode: () => engine.exitCode(pid),
                kill: () => killUnlessEnded(engine, pid),
            };
        } catch (error) {
            await engine.kill(pid).catch(() => {});
            throw error;
        }
    });
}

async function killUnlessEnded(engine: Engine, pid: number): Promise<void> {
    try {
        await translateErrors(() => engine.kill(pid));
    } catch (error) {
        if (!(error instanceof UserError) || userErrorExitCodes[error.code] !== ExitCode.NoSuchProcess) throw error;
    }
}

/**
 * Installs the pool, takes Frida out of the program and resumes it. A protected one is resumed before, because it unpacks
 * its code as it starts.
 */
async function installAndResume(engine: Engine, pid: number, options: LaunchOptions): Promise<PoolClient> {
    const onLinux = process.platform === "linux" && engine.kind !== "wine" ? pid : null;
    const before = beforeFrida(onLinux); // the engine holds it by ptrace until it is resumed
    const session = await attachEngine(engine, pid);
    const loader = loaderOfFrida(onLinux, before);
    const leave = (installed: Installed): Promise<PoolClient> => {
        const here = hereIfStarted(engine, pid, options);
        const program = { engine, session, here, before, loader, keepsEngine: true };
        return leaveToResident(program, asSeenFromHere(installed, pid), options);
    };
    try {
        const client = await leave(
            await findOrInstall(session, options, engine, { isSuspended: true, unpackingMs: 0 }),
        );
        try {
            await engine.resume(pid);
            return client;
        } catch (error) {
            await client.close();
            throw error;
        }
    } catch (error) {
        if (!isPacked(error)) throw error;
        if (options.extraPatches === true) throw patchesUnderProtection();
        options.onProgress?.(
            "the program is protected: it starts, and the pool is installed once its code is unpacked",
        );
        await engine.resume(pid);
        const moment = { isSuspended: false, unpackingMs: unpackingMs.started };
        return leave(await findOrInstall(session, options, engine, moment));
    }
}

/** The process of a program that an engine has started. */
function hereIfStarted(engine: Engine, pid: number, { winePrefix }: LaunchOptions): ProgramHere | null {
    if (process.platform !== "linux") return null;
    if (engine.kind !== "wine") return { pid, wine: null };
    return findWineProcess(pid, winePrefix ?? process.env["WINEPREFIX"] ?? null);
}

function patchesUnderProtection(): UserError {
    return new UserError(
        "GAME_PROTECTED",
        "extra_patches is on, but the program is protected: its code can be read only after it has set up its own heaps",
        "Turn them off: --extra-patches off",
    );
}

/** Not that of the worker, which has its own folder for temporary files. */
function ourEnvironment(): Record<string, string> {
    return Object.fromEntries(
        Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
}
