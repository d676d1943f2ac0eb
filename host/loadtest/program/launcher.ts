import { printable } from "../../../shared/printable.js";
import type { PoolOptions } from "../../config/pool-options.js";
import { windowsPath } from "../../process/wine.js";
import { attachToProgram, type StartedProgram, startProgram } from "./start-program.js";

/** How to start the program under test. */
export interface ProgramCommand {
    /** Its path. */
    readonly program: string;
    /** Its arguments. Every `{save}` in them is replaced by the path of the save. */
    readonly args: readonly string[];
}

const placeholder = "{save}";

/** Starts the program under test, once for each save or once for all, and ends the program it has started. */
export class Launcher {
    #current: Promise<StartedProgram> | null = null;
    #save = "";

    constructor(
        readonly command: ProgramCommand,
        readonly options: PoolOptions,
    ) {}

    /** Whether the program gets its save on its command line. */
    get takesSave(): boolean {
        return takesSave(this.command);
    }

    /** @param file full path of the save that the next `launch` is for */
    setSave(file: string): void {
        const { program } = this.command;
        this.#save = process.platform !== "win32" && /\.exe$/i.test(program) ? windowsPath(file) : file;
    }

    /** @returns the program; `isFresh`: whether it was started by this call; `words`: its command line, for the results */
    async launch(): Promise<{ program: StartedProgram; isFresh: boolean; words: string }> {
        const current = await this.#current?.catch(() => null);
        if (current?.isAlive === true) return { program: current, isFresh: false, words: "it runs on" };
        const { program } = this.command;
        const args = this.command.args.map((arg) => arg.replaceAll(placeholder, () => this.#save));
        this.#current = startProgram(program, args, this.options);
        return { program: await this.#current, isFresh: true, words: printable([program, ...args].join(" ")) };
    }

    async attach(process: string | number): Promise<StartedProgram> {
        await this.leave();
        this.#current = attachToProgram(process, this.options);
        return this.#current;
    }

    /** Closes the session, and ends the program if the launcher started it; also one that is still starting. */
    async leave(): Promise<void> {
        const current = await this.#current?.catch(() => null);
        this.#current = null;
        await current?.leave();
    }
}

/** Whether a program gets its save on its command line. */
export function takesSave({ args }: ProgramCommand): boolean {
    return args.some((arg) => arg.includes(placeholder));
}
