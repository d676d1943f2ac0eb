import type { Mapping } from "../../../host/process/memory-map.js";
import { readMemoryMap } from "../../../host/process/memory-map.js";
import { mailboxDataBytes, mailboxSlotBytes, mailboxSlots } from "../../../shared/layout.js";
import { operandsIn } from "./disassemble.js";
import type { Range } from "./footprint.js";
import { mappingAt, poolOf, type PoolParts, ProcessMemory } from "./pool-of.js";
import { includesAddress } from "./ranges.js";

/** A process whose memory is searched, and the ranges that nothing in it may refer to. */
export interface Searched {
    readonly pid: number;
    readonly forbidden: readonly Range[];
    /** Code that was written over, as `codeOf` saw it before. */
    readonly codeBefore: readonly CodeMapping[];
}

/** An executable mapping, and what was in it. */
export interface CodeMapping extends Mapping {
    readonly bytes: Buffer;
}

/** All executable memory of a process. */
export function codeOf(pid: number): CodeMapping[] {
    const memory = new ProcessMemory(pid);
    try {
        return (readMemoryMap(pid) ?? []).flatMap((mapping) => {
            const bytes = /^r.x/.test(mapping.access) ? memory.read(mapping.start, mapping.end - mapping.start) : null;
            return bytes === null ? [] : [{ ...mapping, bytes }];
        });
    } finally {
        memory.close();
    }
}

/**
 * Searches what a pool consists of for addresses in the forbidden ranges: compiled code, tables, the resident's memory, the
 * bytes that were written over functions, and where these jump to.
 *
 * A number may have the value of an address by accident. So two processes with the same pool are compared, whose addresses
 * differ: an address is what refers to the forbidden ranges of both, at the same place, and has not the same value.
 *
 * @returns what was found, in words
 */
export function referencesTo([first, second]: readonly [Searched, Searched], pointerBytes: 4 | 8): string[] {
    const parts = [partsOf(first), partsOf(second)] as const;
    return parts[0].flatMap((part, index) => {
        const other = parts[1][index]!;
        const found = [
            ...addressesIn(part, other, first, second, pointerBytes),
            ...(part.isCode ? operandAddressesIn(part, other, first, second, pointerBytes) : []),
        ];
        return found.map(({ at, to }) => `${part.name}: at 0x${at.toString(16)} to 0x${to.toString(16)}`);
    });
}

/** How many bytes of a process `referencesTo` searches, and how many functions were written over. */
export function searchedExtent(searched: Searched): { bytes: number; sites: number } {
    const parts = partsOf(searched);
    return {
        bytes: parts.reduce((sum, { bytes }) => sum + bytes.length, 0),
        sites: sitesOf(searched).length,
    };
}

/** Memory of the pool, with an address that means the same in both processes. */
interface Part {
    readonly name: string;
    readonly isCode: boolean;
    readonly start: number;
    readonly bytes: Buffer;
    /** Offset of that address in the bytes. */
    readonly anchor: number;
}

interface Reference {
    readonly at: number;
    readonly to: number;
}

function partsOf(searched: Searched): Part[] {
    const pool = poolOf(searched.pid);
    const sites = sitesOf(searched);
    const anchors: [string, number, boolean][] = [
        ...pool.code.map((address): [string, number, boolean] => ["code", address, true]),
        ["tables", pool.tables.start, false],
        ["resident", pool.mailbox, false],
        ...sites.map(({ at }): [string, number, boolean] => ["site", at, true]),
        ...sites.map(({ to }): [string, number, boolean] => ["behind a site", to, true]),
    ];
    const mappings = readMemoryMap(searched.pid) ?? [];
    const memory = new ProcessMemory(searched.pid);
    try {
        return anchors.map(([name, anchor, isCode]) => {
            const range = name === "site" ? siteRange(anchor) : ownRange(mappings, anchor, pool, name);
            const bytes = memory.read(range.start, range.end - range.start);
            if (bytes === null) throw new Error(`${name} at 0x${anchor.toString(16)} can't be read`);
            if (name === "resident") clearMessages(bytes, anchor - range.start);
            return { name, isCode, start: range.start, bytes, anchor: anchor - range.start };
        });
    } finally {
        memory.close();
    }
}

/** Overwrites what hosts asked and what they got: data of the hosts, in which a number may be the address of a module. */
function clearMessages(resident: Buffer, mailbox: number): void {
    for (let slot = mailbox; slot < mailbox + mailboxSlots * mailboxSlotBytes; slot += mailboxSlotBytes) {
        const answered = Buffer.from(resident.subarray(slot + 8, slot + 16));
        resident.fill(0, slot, slot + mailboxSlotBytes);
        const copy = answered.readBigUInt64LE() === 0n ? -1 : resident.indexOf(answered);
        if (copy >= 0) resident.fill(0, copy, copy + mailboxBodyBytes);
    }
}

/** Number, code and length of a request or an answer, and its data. */
const mailboxBodyBytes = 16 + mailboxDataBytes;

/** Where a function was written over: longer than any jump. */
function siteRange(start: number): Range {
    return { start, end: start + 16 };
}

/** The mapping around an address, without what has nothing to do with the pool. */
function ownRange(mappings: readonly Mapping[], address: number, { region, tables }: PoolParts, name: string): Range {
    if (name === "tables") return tables;
    const mapping = mappingAt(mappings, address);
    if (mapping === null) throw new Error(`${name} at 0x${address.toString(16)} is not mapped`);
    if (!mapping.isAnonymous) throw new Error(`${name} at 0x${address.toString(16)} is in ${mapping.name}`);
    const start = mapping.start < tables.end && tables.end <= address ? tables.end : mapping.start;
    const end = address < region.start && region.start < mapping.end ? region.start : mapping.end;
    return { start, end };
}

/** Functions that were written over, and where the jumps in them lead. */
function sitesOf({ pid, codeBefore }: Searched): Reference[] {
    const memory = new ProcessMemory(pid);
    try {
        return codeBefore.flatMap(({ start, bytes }) => {
            const now = memory.read(start, bytes.length);
            return now === null ? [] : jumpsWritten(start, bytes, now);
        });
    } finally {
        memory.close();
    }
}

function jumpsWritten(start: number, before: Buffer, now: Buffer): Reference[] {
    const jumps: Reference[] = [];
    for (let at = 0; at + 5 <= now.length; at++) {
        if (now[at] === before[at] || now[at] !== jumpOpcode) continue;
        jumps.push({ at: start + at, to: start + at + 5 + now.readInt32LE(at + 1) });
        at += 4;
    }
    return jumps;
}

/** `jmp rel32` */
const jumpOpcode = 0xe9;

/** Addresses as data, which are aligned. */
function addressesIn(part: Part, other: Part, first: Searched, second: Searched, pointerBytes: 4 | 8): Reference[] {
    const shift = other.anchor - part.anchor;
    const last = Math.min(part.bytes.length, other.bytes.length - shift) - pointerBytes;
    const found: Reference[] = [];
    for (let at = Math.ceil(Math.max(0, -shift) / pointerBytes) * pointerBytes; at <= last; at += pointerBytes) {
        const to = addressAt(part.bytes, at, pointerBytes);
        const otherTo = addressAt(other.bytes, at + shift, pointerBytes);
        if (isReference(to, otherTo, first, second)) found.push({ at: part.start + at, to });
    }
    return found;
}

/** Addresses in instructions. */
function operandAddressesIn(
    part: Part,
    other: Part,
    first: Searched,
    second: Searched,
    pointerBytes: 4 | 8,
): Reference[] {
    const key = (at: number, index: number, { anchor }: Part): string => `${at - anchor} ${index}`;
    const others = new Map(
        operandsIn(other.bytes, other.start, pointerBytes).map(({ at, index, value }) => [
            key(at, index, other),
            value,
        ]),
    );
    return operandsIn(part.bytes, part.start, pointerBytes).flatMap(({ at, index, value }) => {
        const otherTo = others.get(key(at, index, part));
        const isFound = otherTo !== undefined && isReference(value, otherTo, first, second);
        return isFound ? [{ at: part.start + at, to: value }] : [];
    });
}

function isReference(to: number, otherTo: number, first: Searched, second: Searched): boolean {
    return to !== otherTo && includesAddress(first.forbidden, to) && includesAddress(second.forbidden, otherTo);
}

function addressAt(bytes: Buffer, at: number, width: 4 | 8): number {
    if (width === 4) return bytes.readUInt32LE(at);
    return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;
}
