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
        const places = addresses.map((address) => this.#placeOf(address));
        const byModule = new Map<string, number[]>();
        for (const [index, place] of places.entries()) {
            if (place === null) continue;
            const key = `${this.#startOf(place.owner).start} ${fileKey(place.owner)}`;
            const same = byModule.get(key);
            if (same === undefined) byModule.set(key, [index]);
            else same.push(index);
        }
        const symbols = addresses.map((): CodeSymbol => ({ module: null, offset: 0, function: null, into: 0 }));
        for (const indices of byModule.values()) {
            const mapping = places[indices[0]!]!.owner;
            const first = this.#startOf(mapping);
            const file = { pid: this.#pid, mapping, startsAt: first.offset === 0 ? first.start : null };
            readMappedImage(file, this.#tables, (image) => {
                for (const index of indices) {
                    const found = this.#symbolOf(places[index]!, image, withFunctions);
                    if (found !== null) symbols[index] = found;
                }
            });
        }
        return symbols;
    }

    #symbolOf({ address, owner, isCode }: Place, image: MappedImage | null, withFunctions: boolean): CodeSymbol | null {
        const module = image?.ownName ?? posix.basename(owner.name);
        const base = image === null ? null : baseOf(image.headers, owner, this.#startOf(owner));
        if (image === null || base === null) {
            return isCode ? { module, offset: address - this.#startOf(owner).start, function: null, into: 0 } : null;
        }
        const offset = address - base;
        if (offset < 0 || offset >= image.headers.imageBytes) return null;
        if (!isCode && !this.#hasCode(owner, base, image.headers.imageBytes)) return null;
        const names = withFunctions && isCode ? { functions: image.readFunctions(), bytes: image.bytes } : null;
        return { module, offset, ...functionAt(names, offset) };
    }

    /** False for a file that is mapped to be read only. */
    #hasCode(owner: Mapping, base: number, imageBytes: number): boolean {
        return this.#map.some((each) => {
            const isInside = each.start >= base && each.start < base + imageBytes;
            return isInside && each.access[2] === "x" && fileKey(each) === fileKey(owner);
        });
    }

    #placeOf(address: number): Place | null {
        let index = this.#indexOf(address);
        const own = this.#map[index];
        if (own === undefined || address >= own.end) return null;
        for (let steps = 0; steps < stepLimit && index >= 0; steps++, index--) {
            const mapping = this.#map[index]!;
            if (isOfImage(mapping)) return { address, owner: mapping, isCode: own.access[2] === "x" };
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

/** An address in a module. */
interface Place {
    readonly address: number;
    /** The mapping of the module's file that contains it, or behind which it is in anonymous memory. */
    readonly owner: Mapping;
    /** Whether it can be executed. */
    readonly isCode: boolean;
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

/**
 * Address of the image's first page. Two segments may have a part in one page of the file: the mapping of the file's start
 * decides between them.
 *
 * @returns null if the mapping is of none of its segments
 */
function baseOf(headers: ElfHeaders, mapping: Mapping, first: Mapping): number | null {
    const bases = possibleBases(headers, mapping);
    const others = possibleBases(headers, first);
    return bases.find((base) => others.includes(base)) ?? bases[0] ?? null;
}

/** Those by a segment with the mapping's access first. */
function possibleBases({ segments, firstAddress }: ElfHeaders, { start, offset, access }: Mapping): number[] {
    const fitting = segments.filter(({ type, from, bytes }) => {
        return type === segmentLoaded && offset >= from - (from % pageBytes) && offset < from + bytes;
    });
    const isCode = access[2] === "x";
    return [
        ...fitting.filter((each) => each.isCode === isCode),
        ...fitting.filter((each) => each.isCode !== isCode),
    ].map((segment) => start - (segment.address - segment.from + offset) + firstAddress);
}
