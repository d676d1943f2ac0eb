import { posix } from "node:path";
import type { CodeSymbol } from "../../shared/protocol/sampling.js";
import { type Mapping, readMemoryMap } from "../process/memory-map.js";
import { type ElfHeaders, pageBytes, segmentLoaded } from "./elf/headers.js";
import { type MappedImage, readMappedImage } from "./elf/mapped-image.js";
import { functionAt, TableCache } from "./module-symbols.js";

/** The modules of a Linux process, from its memory map and their files. */
export class LinuxModules {
    readonly #pid: number;
    readonly #tables = new TableCache();
    /** As it was last read: that of a program that has ended remains. */
    #map: readonly Mapping[] = [];

    constructor(pid: number) {
        this.#pid = pid;
    }

    /** @param withFunctions false: only modules and offsets, for which no symbol table is read */
    async symbolsOf(addresses: readonly number[], withFunctions: boolean): Promise<CodeSymbol[]> {
        this.#map = readMemoryMap(this.#pid) ?? this.#map;
        const owners = addresses.map((address) => this.#ownerOf(address));
        const byModule = new Map<string, number[]>();
        for (const [index, owner] of owners.entries()) {
            if (owner === null) continue;
            const key = `${this.#startOf(owner).start} ${fileKey(owner)}`;
            const same = byModule.get(key);
            if (same === undefined) byModule.set(key, [index]);
            else same.push(index);
        }
        const symbols = addresses.map((): CodeSymbol => ({ module: null, offset: 0, function: null, into: 0 }));
        for (const indices of byModule.values()) {
            const mapping = owners[indices[0]!]!;
            const first = this.#startOf(mapping);
            const file = { pid: this.#pid, mapping, startsAt: first.offset === 0 ? first.start : null };
            readMappedImage(file, this.#tables, (image) => {
                for (const index of indices) {
                    const found = this.#symbolOf(addresses[index]!, owners[index]!, image, withFunctions);
                    if (found !== null) symbols[index] = found;
                }
            });
        }
        return symbols;
    }

    #symbolOf(address: number, owner: Mapping, image: MappedImage | null, withFunctions: boolean): CodeSymbol | null {
        const module = image?.ownName ?? posix.basename(owner.name);
        const base = image === null ? null : baseOf(image.headers, owner);
        if (image === null || base === null) {
            const isCode = owner.access[2] === "x" && address < owner.end;
            return isCode ? { module, offset: address - this.#startOf(owner).start, function: null, into: 0 } : null;
        }
        const offset = address - base;
        if (offset < 0 || offset >= image.headers.imageBytes) return null;
        const names = withFunctions ? { functions: image.readFunctions(), bytes: image.bytes } : null;
        return { module, offset, ...functionAt(names, offset) };
    }

    /** The mapping of a file that contains an address, or that ends where anonymous memory of its module begins. */
    #ownerOf(address: number): Mapping | null {
        let index = this.#indexOf(address);
        if (index < 0 || address >= this.#map[index]!.end) return null;
        for (let steps = 0; steps < stepLimit && index >= 0; steps++, index--) {
            const mapping = this.#map[index]!;
            if (isOfImage(mapping)) return mapping;
            if (mapping.name !== "" || this.#map[index - 1]?.end !== mapping.start) return null;
        }
        return null;
    }

    /** The mapping before it, or itself, that has the first bytes of its file; between them others may be. */
    #startOf(mapping: Mapping): Mapping {
        let first = mapping;
        let index = this.#indexOf(mapping.start);
        for (let steps = 0; steps < stepLimit && index >= 0 && first.offset > 0; steps++, index--) {
            if (fileKey(this.#map[index]!) === fileKey(mapping)) first = this.#map[index]!;
        }
        return first;
    }

    /** Of the last mapping that starts at an address or before it; -1: there is none. */
    #indexOf(address: number): number {
        let low = 0;
        let high = this.#map.length;
        while (low < high) {
            const middle = (low + high) >>> 1;
            if (this.#map[middle]!.start <= address) low = middle + 1;
            else high = middle;
        }
        return low - 1;
    }
}

/** How many mappings before an address may be of the same module. */
const stepLimit = 64;

/** A file, named shared memory, or the kernel's own library. */
function isOfImage({ isAnonymous, name }: Mapping): boolean {
    return (!isAnonymous && name !== "") || name === "[vdso]";
}

function fileKey({ inode, name }: Mapping): string {
    return `${inode} ${name}`;
}

/** Address of the image's first page; null: the mapping is of none of its segments. */
function baseOf({ segments, firstAddress }: ElfHeaders, { start, offset, access }: Mapping): number | null {
    const fitting = segments.filter(({ type, from, bytes }) => {
        return type === segmentLoaded && offset >= from - (from % pageBytes) && offset < from + bytes;
    });
    const segment = fitting.find(({ isCode }) => isCode === (access[2] === "x")) ?? fitting[0];
    if (segment === undefined) return null;
    return start - (segment.address - segment.from + offset) + firstAddress;
}
