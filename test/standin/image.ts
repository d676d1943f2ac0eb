import { NtExecutable } from "pe-library";
import { type Import, importRuns } from "./imports.js";
import { layout, pageBytes } from "./layout.js";
import { bytesOf, sites } from "./sites/index.js";
import { entryAddress } from "./sources.js";

/** What can be different from the usual program. */
export interface ImageOptions {
    readonly largeAddressAware: boolean;
    /** Whether the game's code is scrambled until the stub in `.bind` has run. */
    readonly protected: boolean;
    /** Names of the places that a jump of another mod has taken. */
    readonly hookedFirst: readonly string[];
    /** Addresses of single bytes of code that another mod has changed. */
    readonly changed: readonly number[];
}

/**
 * Puts the program together: the game's code, constants and variables at their addresses, then the stand-in's own
 * sections.
 *
 * @param linked what {@link linkParts} made
 * @returns the file of the program, without resources
 */
export function composeImage(linked: Uint8Array, options: ImageOptions): Buffer {
    const parts = linkedSections(linked);
    const text = Buffer.from(parts.find(({ name }) => name === ".game")!.data);
    for (const [index, name] of options.hookedFirst.entries()) hookFirst(text, name, index);
    for (const address of options.changed) text[address - layout.text]! ^= 0xff;
    if (options.protected) scramble(text);
    const own = parts.filter(({ name }) => !dropped.has(name) && (name !== ".bind" || options.protected));
    const sections: Section[] = [
        { name: ".text", address: layout.text, bytes: text.length, data: text, flags: code },
        {
            name: ".rdata",
            address: layout.rdata,
            bytes: layout.data - layout.rdata,
            data: constants(),
            flags: readOnly,
        },
        { name: ".data", address: layout.data, bytes: 0, data: Buffer.alloc(0), flags: writable },
        ...own,
    ];
    const entry = options.protected ? parts.find(({ name }) => name === ".bind")!.address : entryAddress;
    return writeFile(closeGaps(sections), entry, options.largeAddressAware);
}

interface Section {
    name: string;
    address: number;
    /** In memory. */
    bytes: number;
    /** In the file. */
    data: Buffer;
    flags: number;
}

const [code, readOnly, writable] = [0x6000_0020, 0x4000_0040, 0xc000_0040];

/** Sections of the linked program that are not taken over as they are. */
const dropped = new Set([".game", ".reloc"]);

function linkedSections(linked: Uint8Array): Section[] {
    const executable = NtExecutable.from(linked);
    return executable.getAllSections().map(({ info, data }) => ({
        name: info.name,
        address: layout.own + info.virtualAddress,
        bytes: info.virtualSize,
        data: Buffer.from(data ?? new ArrayBuffer(0)),
        flags: info.characteristics,
    }));
}

/** The jump of another mod, to the instructions it displaced and back. */
function hookFirst(text: Buffer, name: string, index: number): void {
    const site = sites.find((candidate) => candidate.name === name);
    if (site?.displaced == null) throw new Error(`there is no place ${name} that can be hooked`);
    const [from, mod] = [site.address - layout.text, layout.otherMod + 32 * index - layout.text];
    text.set(bytesOf(site).slice(0, site.displaced), mod);
    jump(text, mod + site.displaced, from + site.displaced);
    text.fill(0x90, from, from + site.displaced);
    jump(text, from, mod);
}

function jump(text: Buffer, from: number, to: number): void {
    text.writeUInt8(0xe9, from);
    text.writeInt32LE(to - (from + 5), from + 1);
}

function scramble(text: Buffer): void {
    for (let at = 0; at < text.length; at += 4) text.writeUInt32LE((text.readUInt32LE(at) ^ layout.scramble) >>> 0, at);
}

/** The constants: imports and the directory of thread-local storage; all else is zero. */
function constants(): Buffer {
    const data = Buffer.alloc(layout.data - layout.rdata);
    const at = (address: number) => address - layout.rdata;
    let names = at(layout.importTable) + 20 * (importRuns.length + 1);
    const addName = (text: string, hint: number): number => {
        const begin = names;
        data.write(text, begin + hint, "latin1");
        names += hint + text.length + 1;
        names += names % 2;
        return begin + rva(layout.rdata);
    };
    const library = addName("KERNEL32.dll", 0);
    for (const [index, run] of importRuns.entries()) {
        const descriptor = at(layout.importTable) + 20 * index;
        data.writeUInt32LE(library, descriptor + 12);
        data.writeUInt32LE(rva(run[0]!.cell), descriptor + 16);
        for (const { name, cell } of run) data.writeUInt32LE(addName(name, 2), at(cell));
    }
    data.writeUInt32LE(layout.tlsTemplate, at(layout.tlsDirectory));
    data.writeUInt32LE(layout.tlsTemplate + layout.tlsBytes, at(layout.tlsDirectory) + 4);
    data.writeUInt32LE(layout.tlsIndex, at(layout.tlsDirectory) + 8);
    return data;
}

/** Windows wants no page between two sections that belongs to neither. */
function closeGaps(sections: Section[]): Section[] {
    return sections.map((section, index) => {
        const next = sections[index + 1];
        return next === undefined ? section : { ...section, bytes: next.address - section.address };
    });
}

function writeFile(sections: Section[], entry: number, largeAddressAware: boolean): Buffer {
    let position = pageBytes;
    const placed = sections.map((section) => {
        const [from, size] = [position, pages(section.data.length)];
        position += size;
        return { ...section, from, size };
    });
    const file = Buffer.alloc(position);
    writeHeaders(file, placed, entry, largeAddressAware);
    for (const [index, section] of placed.entries()) {
        const header = headerBytes + 40 * index;
        file.write(section.name, header, 8, "latin1");
        file.writeUInt32LE(section.bytes, header + 8);
        file.writeUInt32LE(rva(section.address), header + 12);
        file.writeUInt32LE(section.size, header + 16);
        file.writeUInt32LE(section.size === 0 ? 0 : section.from, header + 20);
        file.writeUInt32LE(section.flags, header + 36);
        section.data.copy(file, section.from);
    }
    return file;
}

const ntHeader = 0x80;
const optionalHeader = ntHeader + 24;
const headerBytes = optionalHeader + 224;

/** As the game's own, where it matters: no relocations, no address of its own choice, a program with windows. */
function writeHeaders(file: Buffer, sections: Section[], entry: number, largeAddressAware: boolean): void {
    const last = sections.at(-1)!;
    file.write("MZ", 0, "latin1");
    file.writeUInt32LE(ntHeader, 0x3c);
    file.write("PE\0\0", ntHeader, "latin1");
    file.writeUInt16LE(0x014c, ntHeader + 4); // i386
    file.writeUInt16LE(sections.length, ntHeader + 6);
    file.writeUInt16LE(224, ntHeader + 20);
    file.writeUInt16LE(0x0102 | (largeAddressAware ? 0x0020 : 0), ntHeader + 22);
    const fields: [offset: number, value: number][] = [
        [16, rva(entry)],
        [20, rva(layout.text)],
        [24, rva(layout.rdata)],
        [28, layout.imageBase],
        [32, pageBytes], // in memory
        [36, pageBytes], // in the file
        [40, 5], // version of the system and of its subsystem: 5.0
        [48, 5],
        [56, rva(last.address) + pages(last.bytes)],
        [60, pageBytes], // size of the headers
        [72, 0x10_0000], // stack: reserved, committed
        [76, pageBytes],
        [80, 0x10_0000], // heap: reserved, committed
        [84, pageBytes],
        [92, 16], // directories
        [96 + 8 * 1, rva(layout.importTable)],
        [96 + 8 * 1 + 4, 20 * (importRuns.length + 1)],
        [96 + 8 * 9, rva(layout.tlsDirectory)],
        [96 + 8 * 9 + 4, 24],
        [96 + 8 * 12, rva(firstCell())],
        [96 + 8 * 12 + 4, lastCell() + 8 - firstCell()],
    ];
    file.writeUInt16LE(0x010b, optionalHeader);
    for (const [offset, value] of fields) file.writeUInt32LE(value, optionalHeader + offset);
    file.writeUInt16LE(2, optionalHeader + 68); // a program with windows
}

const cells = (runs: readonly (readonly Import[])[]) => runs.flat().map(({ cell }) => cell);
const firstCell = () => Math.min(...cells(importRuns));
const lastCell = () => Math.max(...cells(importRuns));

function rva(address: number): number {
    return address - layout.imageBase;
}

function pages(bytes: number): number {
    return Math.ceil(bytes / pageBytes) * pageBytes;
}
