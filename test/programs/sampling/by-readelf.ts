import assert from "node:assert/strict";
import { execa } from "execa";
import { readMemoryMap } from "../../../host/process/memory-map.js";

/** Address of the first page of a file in a process. */
export function baseOf(pid: number, file: string): number {
    const mapping = readMemoryMap(pid)!.find(({ name }) => name === file);
    assert.ok(mapping !== undefined, `${file} is not mapped`);
    return mapping.start;
}

/** Names that begin at an address, address that the first page is linked for, addresses of data. */
export async function symbolsByReadelf(
    program: string,
): Promise<{ functions: Map<number, Set<string>>; data: number[]; linkedFor: number }> {
    const { stdout: headers } = await execa("readelf", ["-lW", program]);
    const linkedFor = parseInt(/^ +LOAD +0x\w+ 0x(\w+)/m.exec(headers)![1]!, 16);
    const { stdout } = await execa("readelf", ["-sW", program]);
    const functions = new Map<number, Set<string>>();
    const data: number[] = [];
    for (const [, value, size, type, name] of stdout.matchAll(symbolLine)) {
        const address = parseInt(value!, 16);
        if (type === "OBJECT" && size !== "0") data.push(address);
        if (type === "FUNC") functions.set(address, (functions.get(address) ?? new Set()).add(name!.slice(0, 200)));
    }
    return { functions, data, linkedFor };
}

/** A defined symbol in what `readelf -sW` prints. */
const symbolLine = /^ +\d+: (\w+) +(\w+) (FUNC|OBJECT) +\w+ +\w+ +\d+ ([^@\s]+)/gm;

export function hex(value: number): string {
    return `0x${value.toString(16)}`;
}
