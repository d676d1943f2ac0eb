import { Format, NtExecutable } from "pe-library";

const sectionAddress = 0x1000;
const directorySize = 40;

/**
 * A 32-bit DLL without code, each of whose exports forwards to the export of the same name in another DLL.
 *
 * @param name file name of the DLL: `python3.dll`
 * @param names exports to forward, in any order
 * @param target the other DLL without its extension: `python310`
 */
export function forwarderDll(name: string, names: readonly string[], target: string): Uint8Array {
    const executable = NtExecutable.createEmpty(true, true);
    const data = exportSection(name, names, target);
    executable.setSectionByEntry(Format.ImageDirectoryEntry.Export, {
        info: {
            name: ".edata",
            virtualSize: data.byteLength,
            virtualAddress: 0,
            sizeOfRawData: data.byteLength,
            pointerToRawData: 0,
            pointerToRelocations: 0,
            pointerToLineNumbers: 0,
            numberOfRelocations: 0,
            numberOfLineNumbers: 0,
            characteristics: 0x40000040, // initialised data, readable
        },
        data,
    });
    return new Uint8Array(executable.generate());
}

/** The export directory and its three tables, then the strings they point to. Loaders search the names by bisection, so they are sorted. */
function exportSection(name: string, names: readonly string[], target: string): ArrayBuffer {
    const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const functions = directorySize;
    const namePointers = functions + 4 * sorted.length;
    const ordinals = namePointers + 4 * sorted.length;
    const tables = Buffer.alloc(ordinals + 2 * sorted.length);
    const strings: Buffer[] = [];
    let end = tables.length;
    const address = (text: string): number => {
        const bytes = Buffer.from(`${text}\0`, "latin1");
        strings.push(bytes);
        end += bytes.length;
        return sectionAddress + end - bytes.length;
    };

    tables.writeUInt32LE(address(name), 12);
    tables.writeUInt32LE(1, 16); // the first ordinal
    tables.writeUInt32LE(sorted.length, 20);
    tables.writeUInt32LE(sorted.length, 24);
    tables.writeUInt32LE(sectionAddress + functions, 28);
    tables.writeUInt32LE(sectionAddress + namePointers, 32);
    tables.writeUInt32LE(sectionAddress + ordinals, 36);
    sorted.forEach((exported, index) => {
        tables.writeUInt32LE(address(`${target}.${exported}`), functions + 4 * index);
        tables.writeUInt32LE(address(exported), namePointers + 4 * index);
        tables.writeUInt16LE(index, ordinals + 2 * index);
    });
    return new Uint8Array(Buffer.concat([tables, ...strings])).buffer;
}

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
