import { readFile, writeFile } from "node:fs/promises";

const largeAddressAware = 0x0020;

/** Marks a 32-bit Windows program as able to use addresses above 2 GB; Zig's linker has no option for it. */
export async function setLargeAddressAware(program: string): Promise<void> {
    const bytes = await readFile(program);
    const characteristics = bytes.readUInt32LE(0x3c) + 22;
    bytes.writeUInt16LE(bytes.readUInt16LE(characteristics) | largeAddressAware, characteristics);
    await writeFile(program, bytes);
}
