/** A Windows library with one section of code, which has its export table, too. */
export interface MadeLibrary {
    is64Bit: boolean;
    /** Offsets of its functions from its base. */
    functions: Readonly<Record<string, number>>;
    imageBytes: number;
}

/** Where its section begins, in the file and from its base. */
export const sectionStart = 0x1000;

/** Offset of the export directory in the file. */
export const exportsStart = 0x1800;

/** The content of its file. */
export function makeLibrary({ is64Bit, functions, imageBytes }: MadeLibrary): Buffer {
    const file = Buffer.alloc(0x4000);
    file.write("MZ");
    file.writeUInt32LE(0x40, 0x3c);
    file.write("PE\0\0", 0x40);
    file.writeUInt16LE(is64Bit ? 0x8664 : 0x14c, 0x44);
    file.writeUInt16LE(1, 0x46); // sections
    file.writeUInt16LE(is64Bit ? 240 : 224, 0x54); // bytes of the optional header
    const optional = file.subarray(0x58);
    const directories = is64Bit ? 112 : 96;
    optional.writeUInt16LE(is64Bit ? 0x20b : 0x10b, 0);
    optional.writeUInt32LE(imageBytes, 56);
    optional.writeUInt32LE(16, directories - 4);
    optional.writeUInt32LE(exportsStart, directories);
    optional.writeUInt32LE(0x800, directories + 4);
    const section = file.subarray(0x58 + (is64Bit ? 240 : 224));
    section.write(".text");
    for (const [index, value] of [0x3000, sectionStart, 0x3000, sectionStart].entries()) {
        section.writeUInt32LE(value, 8 + index * 4);
    }
    section.writeUInt32LE(0x60000020, 36);
    writeExports(file, functions);
    return file;
}

function writeExports(file: Buffer, functions: Readonly<Record<string, number>>): void {
    const rows = Object.entries(functions);
    const [addresses, names, ordinals] = [exportsStart + 40, exportsStart + 0x200, exportsStart + 0x400];
    const header = [rows.length, rows.length, addresses, names, ordinals];
    for (const [index, value] of header.entries()) file.writeUInt32LE(value, exportsStart + 20 + index * 4);
    let text = exportsStart + 0x500;
    for (const [index, [name, address]] of rows.entries()) {
        file.writeUInt32LE(address, addresses + index * 4);
        file.writeUInt32LE(text, names + index * 4);
        file.writeUInt16LE(index, ordinals + index * 2);
        text += file.write(`${name}\0`, text);
    }
}
