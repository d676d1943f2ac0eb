import { readFileSync } from "node:fs";

/** A mapping of a Linux process. */
export interface Mapping {
    begin: bigint;
    end: bigint;
    inode: string;
    /** Path of its file, a name in brackets such as `[heap]`, or empty. */
    name: string;
}

/** From low addresses to high ones; none if we may not read it. */
export function mappings(pid: number): Mapping[] {
    try {
        return readFileSync(`/proc/${pid}/maps`, "utf8").split("\n").flatMap(parse);
    } catch {
        return [];
    }
}

/** Whether a file is mapped, not anonymous memory that the program gave a name: Frida's agent has one. */
export function isOfFile({ name }: Mapping): boolean {
    return name.startsWith("/") && !name.startsWith("/memfd:");
}

/** Fields: addresses, access, offset, device, inode, name. */
function parse(line: string): Mapping[] {
    const fields = /^([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ (\d+) *(.*)$/.exec(line);
    if (fields === null) return [];
    const [, begin, end, inode, name] = fields as unknown as [string, string, string, string, string];
    return [{ begin: BigInt(`0x${begin}`), end: BigInt(`0x${end}`), inode, name }];
}
