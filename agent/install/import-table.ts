/* winnt.h: struct IMAGE_DOS_HEADER, IMAGE_NT_HEADERS32, IMAGE_OPTIONAL_HEADER32 */
const eLfanew = 0x3c;
const optionalHeader = 24;
const magic32 = 0x10b;
const importDirectory = optionalHeader + 104;
/* struct IMAGE_IMPORT_DESCRIPTOR */
const descriptorBytes = 20;
const firstNames = 0;
const firstSlots = 16;
/* struct IMAGE_IMPORT_BY_NAME, after its hint */
const importedName = 2;
const ordinalFlag = 0x80000000;
const slotBytes = 4;
/** More than any module has. */
const descriptorLimit = 1000;
const slotLimit = 10_000;

/** A function that a module imports by name. */
export interface Import {
    name: string;
    /** Word with the function's address; module code calls through it. */
    slot: NativePointer;
}

/**
 * The imports by name of a 32-bit Windows module, from any library: the name of the library may be an alias ("API set").
 * Frida's `enumerateImports` gives all imports from one library the slot of the first (17.22).
 */
export function readImports(module: Module): Import[] {
    const { base } = module;
    const headers = base.add(base.add(eLfanew).readU32());
    if (headers.add(optionalHeader).readU16() !== magic32) return [];
    const table = headers.add(importDirectory).readU32();
    if (table === 0) return [];
    const imports: Import[] = [];
    for (let index = 0; index < descriptorLimit; index++) {
        const descriptor = base.add(table + descriptorBytes * index);
        const names = descriptor.add(firstNames).readU32();
        const slots = descriptor.add(firstSlots).readU32();
        if (slots === 0) break;
        // Without a table of names the loader has overwritten them by addresses.
        if (names !== 0) imports.push(...importsOf(base, names, slots));
    }
    return imports;
}

function importsOf(base: NativePointer, names: number, slots: number): Import[] {
    const imports: Import[] = [];
    for (let offset = 0; offset < slotBytes * slotLimit; offset += slotBytes) {
        const entry = base.add(names + offset).readU32();
        if (entry === 0) break;
        if (entry >= ordinalFlag) continue;
        const name = base.add(entry + importedName).readCString();
        if (name !== null) imports.push({ name, slot: base.add(slots + offset) });
    }
    return imports;
}
