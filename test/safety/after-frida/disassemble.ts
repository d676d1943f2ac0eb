import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Range } from "./footprint.js";

/** A number in an instruction that may be an address: an operand, or where a jump leads. */
export interface Operand {
    /** Offset of the instruction in the code. */
    readonly at: number;
    /** Its place among the numbers of the instruction. */
    readonly index: number;
    readonly value: number;
}

/**
 * The numbers in the instructions of some code, in order, relative ones resolved. Data among the code is read as
 * instructions, too, but for tables for unwinding, whose offsets differ between processes. Needs objdump, which comes with a C compiler.
 */
export function operandsIn(code: Buffer, start: number, pointerBytes: 4 | 8): Operand[] {
    const folder = mkdtempSync(join(tmpdir(), "poolnv-code-"));
    try {
        const file = join(folder, "code");
        writeFileSync(file, code);
        const machine = pointerBytes === 8 ? "i386:x86-64" : "i386";
        const args = [
            "-D",
            "-b",
            "binary",
            "-m",
            machine,
            `--adjust-vma=0x${start.toString(16)}`,
            "--no-show-raw-insn",
        ];
        const text = execFileSync("objdump", [...args, file], { encoding: "utf8", maxBuffer: 512 * 1_048_576 });
        const tables = unwindTablesIn(code);
        const isCode = (at: number): boolean => !tables.some(({ start: from, end }) => from <= at && at < end);
        const operands = [...text.matchAll(/^\s*([0-9a-f]+):\t(.*)$/gm)].flatMap(([, address, instruction]) =>
            [...instruction!.matchAll(/0x([0-9a-f]+)/g)].map(([, digits], index) => ({
                at: parseInt(address!, 16) - start,
                index,
                value: parseInt(digits!, 16),
            })),
        );
        return operands.filter(({ at }) => isCode(at));
    } finally {
        rmSync(folder, { recursive: true });
    }
}

/** Sections `.eh_frame`: records with their length in front, of which the first begins with `zR` after its version. */
function unwindTablesIn(code: Buffer): Range[] {
    const tables: Range[] = [];
    for (let mark = code.indexOf(firstRecord); mark >= 0; mark = code.indexOf(firstRecord, mark + 1)) {
        const start = mark - 4;
        let end = start;
        while (end >= 0 && end + 4 <= code.length && isRecordLength(code.readUInt32LE(end))) {
            end += 4 + code.readUInt32LE(end);
        }
        tables.push({ start, end });
    }
    return tables;
}

const firstRecord = Buffer.from("\0\0\0\0\x01zR\0", "latin1");

/** Of a record for one function. */
function isRecordLength(bytes: number): boolean {
    return bytes >= 8 && bytes < 1024;
}
