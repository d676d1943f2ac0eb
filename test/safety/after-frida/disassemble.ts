import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

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
 * instructions, too. Needs objdump, which comes with a C compiler.
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
        return [...text.matchAll(/^\s*([0-9a-f]+):\t(.*)$/gm)].flatMap(([, address, instruction]) =>
            [...instruction!.matchAll(/0x([0-9a-f]+)/g)].map(([, digits], index) => ({
                at: parseInt(address!, 16) - start,
                index,
                value: parseInt(digits!, 16),
            })),
        );
    } finally {
        rmSync(folder, { recursive: true });
    }
}
