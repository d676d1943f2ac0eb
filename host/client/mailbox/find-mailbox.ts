import { controlBytes, controlLayout, controlMagic, controlVersion, stages } from "../../../shared/layout.js";
import { mailbox } from "../../../shared/protocol/mailbox.js";
import type { MailboxMemory } from "./mailbox-memory.js";
import type { MemoryRange, ProcessMemory } from "./process-memory.js";

/** The pool of a program, as its memory shows it. */
export type FoundMailbox =
    /** The program has no pool: no control block in its memory. */
    | { kind: "none" }
    /** It has one that takes requests. */
    | { kind: "living"; mailbox: MailboxMemory }
    /** Only a script in the program can decide: a pool that is not finished, of another version, or forged. */
    | { kind: "unclear" };

/** Searches wherever a control block may begin, as the agents do. */
export function findMailbox(memory: ProcessMemory): FoundMailbox {
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
    return isMailbox(memory, address) ? { kind: "living", mailbox: mailboxAt(memory, address) } : { kind: "unclear" };
}

function mailboxAt(memory: ProcessMemory, address: number): MailboxMemory {
    return {
        read: (offset, bytes) => memory.read(address + offset, bytes),
        write: (offset, data) => memory.write(address + offset, data),
        programRuns: () => memory.read(address, 8) !== null,
        close: () => memory.close(),
    };
}

/** The host writes there without any protection by the system: a wrong address would corrupt the program's data. */
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

/** Alignment of Windows allocations. Linux lists adjacent allocations of Wine as one range. */
const windowsAlignment = 0x10000;
/** End of the address space of 32-bit Windows programs: ranges above may be terabytes long. */
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
        block.readUInt32LE(controlLayout.stage.offset) === stages.hooked
    );
}
