import { constants, writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { isOwnLink, openNamedFile } from "../../files/named-file.js";
import { notWritable } from "../../files/not-writable.js";
import { systemPath } from "../../files/path-bytes.js";
import type { ResultRecord } from "./record.js";

/** A results file that is being written. Each record is written synchronously, so that it survives a crash of ours. */
export class ResultsFile {
    private constructor(
        readonly path: string,
        readonly handle: FileHandle,
    ) {}

    /**
     * @param overwrite whether an existing file may be replaced
     * @throws UserError FILE_EXISTS, FILE_NOT_WRITABLE
     */
    static async create(path: string, overwrite: boolean): Promise<ResultsFile> {
        try {
            return new ResultsFile(path, await openNamedFile(path, overwrite));
        } catch (error) {
            throw notWritable(path, error, {
                exists: "Resume it: --resume; write another file: --results FILE; or overwrite it: --force",
            });
        }
    }

    /**
     * Opens an existing file for more records. An incomplete last line is cut off.
     *
     * @throws UserError FILE_NOT_WRITABLE
     */
    static async append(path: string): Promise<ResultsFile> {
        const noFollow = isOwnLink(path) ? 0 : (constants.O_NOFOLLOW ?? 0);
        try {
            const handle = await open(systemPath(path), constants.O_RDWR | constants.O_APPEND | noFollow);
            await handle.truncate(await endOfLastLine(handle));
            return new ResultsFile(path, handle);
        } catch (error) {
            throw notWritable(path, error);
        }
    }

    /** @throws UserError FILE_NOT_WRITABLE, for example when the disk is full */
    write(record: ResultRecord): void {
        try {
            const bytes = Buffer.from(JSON.stringify(record) + "\n");
            for (let at = 0; at < bytes.length;) at += writeSync(this.handle.fd, bytes, at);
        } catch (error) {
            throw notWritable(this.path, error);
        }
    }

    close(): Promise<void> {
        return this.handle.close();
    }
}

/** Offset after the last complete line. */
async function endOfLastLine(handle: FileHandle): Promise<number> {
    const buffer = Buffer.alloc(64 * 1024);
    let end = (await handle.stat()).size;
    while (end > 0) {
        const begin = Math.max(0, end - buffer.length);
        const { bytesRead } = await handle.read(buffer, 0, end - begin, begin);
        const at = buffer.subarray(0, bytesRead).lastIndexOf(0x0a);
        if (at >= 0) return begin + at + 1;
        end = begin;
    }
    return 0;
}
