import { open } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import { UserError } from "../../errors.js";
import { systemPath } from "../../files/path-bytes.js";
import { readFlags } from "../../files/read-file.js";
import { describeSystemError, isSystemError } from "../../files/system-error.js";
import { lineLimit, type ResultRecord, resultRecord, type RunRecord } from "./record.js";

const chunkBytes = 64 * 1024;

/**
 * Reads the records of a results file one by one; the first is the `run`. Only one line is held in memory. An incomplete last
 * line is skipped.
 *
 * @throws UserError BAD_RESULTS, which names file and line; RESULTS_NOT_READABLE
 */
export async function* readRecords(file: string): AsyncGenerator<ResultRecord, void, void> {
    let number = 0;
    let saves = 0;
    for await (const line of lines(file)) {
        const record = parse(line, ++number, file);
        if (record.kind === "run") saves = record.saves.length;
        if ((record.kind === "run") !== (number === 1)) {
            throw bad(file, number, number === 1 ? "it is not a run record" : "it begins a second run");
        }
        if ("save" in record && record.save >= saves) throw bad(file, number, "the run has no such save");
        yield record;
    }
    if (number === 0) throw bad(file, 1, "it is missing");
}

/**
 * Reads the `run` record of a results file.
 *
 * @throws UserError BAD_RESULTS, RESULTS_NOT_READABLE
 */
export async function readRun(file: string): Promise<RunRecord> {
    for await (const record of readRecords(file)) if (record.kind === "run") return record;
    throw bad(file, 1, "it is missing");
}

/** Complete lines only. */
async function* lines(file: string): AsyncGenerator<string, void, void> {
    let number = 0;
    let rest = "";
    for await (const text of texts(file)) {
        const parts = (rest + text).split("\n");
        rest = parts.pop()!;
        for (const line of parts) {
            number++;
            yield line;
        }
        if (rest.length > lineLimit) throw bad(file, number + 1, "it is too long");
    }
}

async function* texts(file: string): AsyncGenerator<string, void, void> {
    try {
        const handle = await open(systemPath(file), readFlags);
        try {
            if (!(await handle.stat()).isFile()) throw notReadable(file, "it is not a regular file");
            const decoder = new StringDecoder("utf8");
            const buffer = Buffer.alloc(chunkBytes);
            for (;;) {
                const { bytesRead } = await handle.read(buffer, 0, chunkBytes);
                if (bytesRead === 0) return;
                yield decoder.write(buffer.subarray(0, bytesRead));
            }
        } finally {
            await handle.close();
        }
    } catch (error) {
        throw isSystemError(error) ? notReadable(file, describeSystemError(error), { cause: error }) : error;
    }
}

function parse(line: string, number: number, file: string): ResultRecord {
    let value: unknown;
    try {
        value = JSON.parse(line);
    } catch (cause) {
        throw bad(file, number, "it is not JSON", { cause });
    }
    const record = resultRecord.safeParse(value);
    if (record.success) return record.data;
    const { path, message } = record.error.issues[0]!;
    throw bad(file, number, `${path.join(".") || "it"}: ${message}`);
}

function bad(file: string, line: number, reason: string, options?: ErrorOptions): UserError {
    return new UserError(
        "BAD_RESULTS",
        `${file} is not a results file: line ${line}: ${reason}.`,
        "Name an unchanged file that poolnv loadtest --results has written.",
        options,
    );
}

function notReadable(file: string, reason: string, options?: ErrorOptions): UserError {
    return new UserError(
        "RESULTS_NOT_READABLE",
        `${file} can't be read: ${reason}.`,
        "Check that the file exists and that you may read it.",
        options,
    );
}
