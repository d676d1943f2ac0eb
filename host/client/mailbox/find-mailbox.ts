import {
    controlBytes,
    controlLayout,
    controlMagic,
    controlVersion,
    mailbox,
    stages,
} from "../../../shared/protocol.js";
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
    return isMailbox(memory, address) ? { kind: "living", mailbox: address } : { kind: "unclear" };
}

/** We write there, and the system lets us write anywhere: a wrong address would be somebody's data. */
function isMailbox(memory: ProcessMemory, address: number): boolean {
    const { slots, slotBytes, mark, markBytes } = mailbox;
    if (address <= 0 || address + slots * slotBytes + markBytes > 2 ** 47) return false;
    const found = memory.read(address + slots * slotBytes, markBytes);
    return (
        found !== null &&
        found.toString("latin1", 0, mark.length) === mark &&
        found.readBigUInt64LE(mark.length) === BigInt(address)
    );
}

const headBytes = controlLayout.self.offset + 8;

/** What Windows allocates begins at a multiple of this. To Linux, Wine's neighbouring allocations are one range. */
const windowsAlignment = 0x10000;
/** End of the addresses of the Windows programs that can have a pool: ranges above may be terabytes long. */
const windowsEnd = 2 ** 32;

function* placesIn({ start, bytes }: MemoryRange): Generator<number> {
    const last = start + bytes - controlBytes;
    if (start <= last) yield start;
    const second = Math.floor(start / windowsAlignment + 1) * windowsAlignment;
    for (let place = second; place <= last && place < windowsEnd; place += windowsAlignment) yield place;
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
