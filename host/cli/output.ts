import Table from "cli-table3";
import pico from "picocolors";
import { printable } from "../../shared/printable.js";
import type { ErrorDetail, UserError } from "../errors.js";
import { shownPath } from "../files/path-bytes.js";
import type { Io } from "./io.js";

/** The options that decide what is printed. */
export interface OutputStyle {
    /** Standard output holds exactly one JSON document. */
    json: boolean;
    /** No progress on standard error. */
    quiet: boolean;
}

/**
 * The only writer. Results for people go to standard output, progress, warnings and errors to standard error. With
 * `--json`, lines for people are dropped and standard output carries the one document.
 */
export class Output {
    readonly json: boolean;
    /** Colours of standard output; plain if it is not a terminal or NO_COLOR is set. */
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

    /** Lines for people. They may be coloured, so untrusted text such as a program's name goes through `printable` first. */
    print(...lines: string[]): void {
        if (!this.json) writeLines(this.#io.stdout, lines);
    }

    /** Text for another program, written unchanged. Not together with `--json`. */
    data(text: string): void {
        if (this.#io.stdout.writable) this.#io.stdout.write(text);
    }

    /** The one JSON document. A second one would break the scripts that read it, so it is a fault. */
    document(value: unknown): void {
        if (!this.json) return;
        if (this.#documentWritten) throw new Error("the JSON document was already written");
        this.#documentWritten = true;
        writeLines(this.#io.stdout, [escapeDocument(JSON.stringify(value, pathsShown, 2))]);
    }

    progress(line: string): void {
        if (!this.#quiet) writeLines(this.#io.stderr, [this.#paintError.dim(printable(line))]);
    }

    /** A line that `--quiet` does not drop, on standard error because standard output carries values. */
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

    /** The error that ends a command: the document if one is due and none was written, else lines for people. */
    finalError(error: ErrorDocument["error"]): void {
        if (this.json && !this.#documentWritten) {
            this.document({ error });
        } else {
            this.error(error);
            writeLines(this.#io.stderr, detailTable(error.details ?? []));
        }
    }

    /** Text for a bug report, such as a stack. */
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

/** One line, with control characters shown as escapes: names of processes are untrusted. */
function oneLine(text: string): string {
    return printable(text.trim().replace(/\s*\n\s*/g, " "));
}

/** The details of an error as lines of a table, with the fields as columns. */
function detailTable(details: readonly ErrorDetail[]): string[] {
    if (details.length === 0) return [];
    const columns = Object.keys(details[0]!);
    const table = new Table({
        head: columns.map((name) => name.replaceAll("_", " ")),
        style: { head: [], border: [] },
    });
    for (const detail of details) table.push(columns.map((name) => printable(detail[name] ?? "-")));
    return table.toString().split("\n");
}

/** A document is valid Unicode, whatever the bytes of a path. */
function pathsShown(_key: string, value: unknown): unknown {
    return typeof value === "string" ? shownPath(value) : value;
}

/** Escapes what could steer a terminal. */
function escapeDocument(json: string): string {
    return json.replace(
        /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}
