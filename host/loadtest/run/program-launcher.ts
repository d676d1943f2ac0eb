import { printable } from "../../../shared/printable.js";
import { windowsPath } from "../../process/wine.js";
import type { PoolOptions } from "../../client/pool-session.js";
import { attachToProgram, startProgram } from "../program/start-program.js";
import { argumentsFor, type ProgramCommand, type StartedProgram, takesSave } from "../program/started-program.js";
import type { Launcher } from "./test-case.js";

/** Starts the program of a run for each save, or once for all, and ends what it has started. */
export class ProgramLauncher implements Launcher {
    #current: Promise<StartedProgram> | null = null;
    #save = "";

    constructor(
        readonly command: ProgramCommand,
        readonly options: PoolOptions,
    ) {}

    get takesSave(): boolean {
        return takesSave(this.command);
    }

    /** @param file full path of the save whose turn it is */
    setSave(file: string): void {
        const { program } = this.command;
        this.#save = process.platform !== "win32" && /\.exe$/i.test(program) ? windowsPath(file) : file;
    }

    async launch(): Promise<{ program: StartedProgram; isFresh: boolean; words: string }> {
        const current = await this.#current?.catch(() => null);
        if (current?.isAlive === true) return { program: current, isFresh: false, words: "it runs on" };
        const { program } = this.command;
        const args = argumentsFor(this.command, this.#save);
        this.#current = startProgram(program, args, this.options);
        return { program: await this.#current, isFresh: true, words: printable([program, ...args].join(" ")) };
    }

    async attach(process: string | number): Promise<StartedProgram> {
        await this.leave();
        this.#current = attachToProgram(process, this.options);
        return this.#current;
    }

    /** Ends the program where we have started it; also one that is just starting. */
    async leave(): Promise<void> {
        const current = await this.#current?.catch(() => null);
        this.#current = null;
        await current?.leave();
    }
}
