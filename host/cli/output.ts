import pico from "picocolors";

import { printable } from "../../shared/printable.js";
import type { ErrorDetail, UserError } from "../errors.js";
import { detailTable } from "./render/detail-table.js";
import type { Io } from "./io.js";

/** How a command line wants to be spoken to. */
export interface OutputStyle {
    /** Standard output holds exactly one JSON document and nothing else. */
    json: boolean;
    /** No progress on standard error. */
    quiet: boolean;
}

/**
 * The only writer. Results for people go to standard output, progress, warnings and errors to standard error; with
 * `--json` lines for people vanish and standard output carries the one document.
 */
export class Output {
    readonly json: boolean;
    /** Colours of standard output; plain where it is no terminal or NO_COLOR is set. */
    readonly paint: Colors;
    readonly #paintError: Colors;
    readonly #quiet: boolean;
    readonly #io: Io;
    #documentWritten = false;

    constructor(io: Io, style: OutputStyle) {
        this.#io = io;
        this.json = style.json;
        this.#quiet = style.quiet;
        this.paint = pico.createColors(wantsColour(io.stdout, io.env));
        this.#paintError = pico.createColors(wantsColour(io.stderr, io.env));
    }

    /** Lines for people. They may be painted: what a program has given itself for a name goes through `printable` first. */
    print(...lines: string[]): void {
        if (!this.json) {
            writeLines(this.#io.stdout, lines);
        }
    }

    /** Text that a program will read, as it is. Not together with `--json`. */
    data(text: string): void {
        if (this.#io.stdout.writable) {
            this.#io.stdout.write(text);
        }
    }

    /** The one JSON document. A second one would break every script that reads it, so it is a fault. */
    document(value: unknown): void {
        if (!this.json) {
            return;
        }
        if (this.#documentWritten) {
            throw new Error("A second JSON document was about to be written.");
        }
        this.#documentWritten = true;
        writeLines(this.#io.stdout, [escapeDocument(JSON.stringify(value, null, 2))]);
    }

    progress(line: string): void {
        if (!this.#quiet) {
            writeLines(this.#io.stderr, [this.#paintError.dim(printable(line))]);
        }
    }

    /** What a person must know although standard output carries values. */
    note(line: string): void {
        writeLines(this.#io.stderr, [printable(line)]);
    }

    warning(line: string): void {
        writeLines(this.#io.stderr, [`${this.#paintError.yellow("warning:")} ${printable(line)}`]);
    }

    /** An error for people: a line that says what happened and a line that says what to do. */
    error(error: { message: string; resolution: string }): void {
        const { red } = this.#paintError;
        writeLines(this.#io.stderr, [`${red("error:")} ${oneLine(error.message)}`, `  ${oneLine(error.resolution)}`]);
    }

    /** The error that ends a command: the document where one is due and none was written, else lines for people. */
    finalError(error: ErrorDocument["error"]): void {
        if (this.json && !this.#documentWritten) {
            this.document({ error });
        } else {
            this.error(error);
            writeLines(this.#io.stderr, detailTable(error.details ?? []));
        }
    }

    /** Text that is for whoever reads errors, such as a stack. */
    debug(text: string): void {
        writeLines(this.#io.stderr, text.split("\n").map(printable));
    }
}

/** What `--json` prints when a command fails. */
export interface ErrorDocument {
    error: { code: string; message: string; resolution: string; details?: readonly ErrorDetail[] };
}

/** The part of an error that scripts may rely on. */
export function errorFields(error: UserError): ErrorDocument["error"] {
    const { code, message, resolution, details } = error;
    const fields = { code, message: oneLine(message), resolution: oneLine(resolution) };
    return details.length === 0 ? fields : { ...fields, details };
}

type Colors = ReturnType<typeof pico.createColors>;

function wantsColour(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
    return stream.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}

function writeLines(stream: NodeJS.WritableStream, lines: string[]): void {
    if (stream.writable && lines.length > 0) {
        stream.write(lines.map((line) => `${line}\n`).join(""));
    }
}

/** A name that a process has given itself may hold anything: what is not a line of text is shown by its number. */
function oneLine(text: string): string {
    return printable(text.trim().replace(/\s*\n\s*/g, " "));
}

/** The same document, with nothing in it that could do something to a terminal. */
function escapeDocument(json: string): string {
    return json.replace(
        /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}
