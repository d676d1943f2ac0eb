import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import envPaths from "env-paths";

/** The lines typed at the REPL, stored between sessions, readable by their owner only. */
export class History {
    readonly size = 500;
    readonly #file: string;
    readonly #warn: (line: string) => void;
    #entries: string[] | null = null;

    /**
     * @param warn called if the history cannot be stored, which is not an error
     * @param file default: in the user's state folder
     */
    constructor(warn: (line: string) => void, file = defaultFile()) {
        this.#warn = warn;
        this.#file = file;
    }

    /** Lines of earlier sessions, newest first; empty if there are none. */
    async load(): Promise<string[]> {
        const text = await readFile(this.#file, "utf8").catch(() => "");
        return text.split("\n").filter((line) => line !== "");
    }

    /** Takes the lines as readline holds them, newest first. */
    remember(entries: string[]): void {
        this.#entries = entries.slice(0, this.size);
    }

    /** Writes the lines of {@link History.remember}, if it was called. */
    async save(): Promise<void> {
        if (this.#entries === null) {
            return;
        }
        try {
            await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
            await writeFile(this.#file, this.#entries.map((line) => `${line}\n`).join(""), { mode: 0o600 });
        } catch (error) {
            this.#warn(`The history of the console could not be stored: ${(error as Error).message}.`);
        }
    }
}

/** On Linux the XDG folder for state, which env-paths calls `log`. */
function defaultFile(): string {
    return path.join(envPaths("poolnv", { suffix: "" }).log, "history");
}
