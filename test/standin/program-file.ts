import { readFileSync } from "node:fs";
import { Format, NtExecutable, NtExecutableResource, Resource } from "resedit";

/** What others read from the game's file before they decide what it is. */
export interface ProgramFile {
    readonly imageBase: number;
    readonly largeAddressAware: boolean;
    readonly relocations: boolean;
    /** Whether the system may choose another base. */
    readonly movable: boolean;
    readonly sections: readonly string[];
    readonly entry: number;
    readonly version: string;
    /** Bytes by their address in memory. */
    bytesAt(address: number, count: number): Buffer;
}

/** Reads the file of a 32-bit Windows program. */
export function readProgramFile(path: string): ProgramFile {
    const executable = NtExecutable.from(readFileSync(path));
    const { fileHeader, optionalHeader, optionalHeaderDataDirectory: directories } = executable.newHeader;
    const [information] = Resource.VersionInfo.fromEntries(NtExecutableResource.from(executable).entries);
    const { fileVersionMS, fileVersionLS } = information!.fixedInfo;
    const base = optionalHeader.imageBase;
    return {
        imageBase: base,
        largeAddressAware: (fileHeader.characteristics & 0x0020) !== 0,
        relocations: directories.get(Format.ImageDirectoryEntry.BaseRelocation).size !== 0,
        movable: (optionalHeader.dllCharacteristics & 0x0040) !== 0,
        sections: executable.getAllSections().map(({ info }) => info.name),
        entry: base + optionalHeader.addressOfEntryPoint,
        version: [fileVersionMS >>> 16, fileVersionMS & 0xffff, fileVersionLS >>> 16, fileVersionLS & 0xffff].join("."),
        bytesAt(address, count) {
            const holds = (info: { virtualAddress: number; virtualSize: number }) =>
                address - base >= info.virtualAddress && address - base < info.virtualAddress + info.virtualSize;
            const section = executable.getAllSections().find(({ info }) => holds(info));
            if (section?.data == null) throw new Error(`nothing is at 0x${address.toString(16)}`);
            const from = address - base - section.info.virtualAddress;
            return Buffer.from(section.data).subarray(from, from + count);
        },
    };
}
