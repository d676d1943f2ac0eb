import { Format, NtExecutable } from "pe-library";

/**
 * The names a Windows DLL exports, in the order of its name table.
 *
 * @throws Error when the file is not a PE file or exports nothing
 */
export function exportedNames(dll: Uint8Array): string[] {
    const executable = NtExecutable.from(dll, { ignoreCert: true });
    const { virtualAddress } = executable.newHeader.optionalHeaderDataDirectory.get(Format.ImageDirectoryEntry.Export);
    if (virtualAddress === 0) throw new Error("the DLL exports nothing");
    const read = sectionReader(executable);
    const directory = read(virtualAddress);
    const count = directory.readUInt32LE(24);
    const names = read(directory.readUInt32LE(32));
    return Array.from({ length: count }, (_, index) => terminatedString(read(names.readUInt32LE(index * 4))));
}

/** Maps a relative virtual address to the file's bytes from there to the end of its section. */
function sectionReader(executable: NtExecutable): (address: number) => Buffer {
    return (address) => {
        for (const { info, data } of executable.getAllSections()) {
            const offset = address - info.virtualAddress;
            if (data && offset >= 0 && offset < data.byteLength) return Buffer.from(data, offset);
        }
        throw new Error(`no section holds the address 0x${address.toString(16)}`);
    };
}

function terminatedString(bytes: Buffer): string {
    return bytes.toString("latin1", 0, bytes.indexOf(0));
}
