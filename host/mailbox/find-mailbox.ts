import { controlBytes, controlLayout, controlMagic, controlVersion, mailbox, stages } from "../../agent/protocol.js";
import type { MemoryRange, ProcessMemory } from "./process-memory.js";

/** What a look at the memory of a program tells about its pool. */
export type PoolSeen =
    /** It has none: nothing in it says that it were one. */
    | { kind: "none" }
    /** It has one that takes requests at this address. */
    | { kind: "living"; mailbox: number }
    /** There is something that only an agent in the program can judge: a pool half made, foreign or forged. */
    | { kind: "unclear" };

/** Looks wherever a block may begin, which is where the agents look. */
export function findMailbox(memory: ProcessMemory): PoolSeen {
    const blocks = memory.writableRanges().flatMap((range) =>
        [...placesIn(range)].flatMap((address) => {
            const head = memory.read(address, headBytes);
            const block = head !== null && isControl(head, address) ? memory.read(address, controlBytes) : null;
            return block === null ? [] : [block];
        }),
    );
    if (blocks.length === 0) return { kind: "none" };
    const [only] = blocks;
    if (only === undefined || blocks.length > 1 || !isLiving(only)) return { kind: "unclear" };
    const address = Number(only.readBigUInt64LE(controlLayout.mailbox.offset));
    const isPlace = address > 0 && address + mailbox.slots * mailbox.slotBytes <= 2 ** 47;
    return isPlace ? { kind: "living", mailbox: address } : { kind: "unclear" };
}

const headBytes = controlLayout.self.offset + 8;

/** What Windows allocates begins at a multiple of this. To Linux, Wine's neighbouring allocations are one range. */
const windowsAlignment = 0x10000;

function* placesIn({ start, bytes }: MemoryRange): Generator<number> {
    const last = start + bytes - controlBytes;
    if (start <= last) yield start;
    const second = Math.floor(start / windowsAlignment + 1) * windowsAlignment;
    for (let place = second; place <= last; place += windowsAlignment) yield place;
}

function isControl(block: Buffer, address: number): boolean {
    return (
        block.toString("latin1", 0, controlMagic.length) === controlMagic &&
        block.readBigUInt64LE(controlLayout.self.offset) === BigInt(address)
    );
}

function isLiving(block: Buffer): boolean {
    return (
        block.readUInt32LE(controlLayout.version.offset) === controlVersion &&
        block.readUInt32LE(controlLayout.stage.offset) === stages.armed
    );
}
