import { closeSync } from "node:fs";
import { type ControlClaims, foreignVersion } from "../../../shared/control-claims.js";
import {
    controlBytes,
    controlLayout,
    controlMagic,
    controlVersion,
    mailboxBytes,
    mailboxMark,
    mailboxMarkOffset,
} from "../../../shared/layout.js";
import { AgentRefusal } from "../../frida/engine.js";
import type { WineProcess } from "../../process/process-table.js";
import { readProgramStatus } from "../../process/program-limits.js";
import { claimsOf } from "../codec/facts-of-control.js";
import type { MailboxMemory } from "./mailbox-memory.js";
import type { MemoryRange, ProcessMemory } from "./process-memory.js";
import { findMailboxFileUnderWine, wakeByFile } from "./wake-by-file.js";
import { openWakePipe, writeToWakePipe } from "./wake-by-pipe.js";

/** The pool of a program, as its memory shows it. */
export type FoundMailbox =
    /** The program has no pool: no control block in its memory. */
    | { kind: "none" }
    /** It has one that takes requests. */
    | { kind: "living"; mailbox: MailboxMemory }
    /** Only a script in the program can decide: a pool that is not finished, has no resident, or is forged. */
    | { kind: "unclear" };

/** A process of this Linux system. */
export interface ProgramHere {
    pid: number;
    /** Set if Wine runs a Windows program in it. */
    wine: WineProcess | null;
}

/**
 * Searches wherever a control block may begin, as the installer does.
 *
 * @throws AgentRefusal FOREIGN_VERSION if another version of poolnv installed the pool
 */
export function findMailbox(memory: ProcessMemory, program: ProgramHere): FoundMailbox {
    const blocks = memory.writableRanges().flatMap((range) =>
        [...placesIn(range)].flatMap((address) => {
            const head = memory.read(address, headBytes);
            const block = head !== null && isControl(head, address) ? memory.read(address, controlBytes) : null;
            return block === null ? [] : [{ address, block }];
        }),
    );
    const [only] = blocks;
    if (only === undefined) return { kind: "none" };
    if (blocks.length > 1) return { kind: "unclear" };
    const claims = livingClaims(only.block, only.address, program);
    const address = Number(only.block.readBigUInt64LE(controlLayout.mailbox.offset));
    if (claims === null || !isMailbox(memory, address)) return { kind: "unclear" };
    return { kind: "living", mailbox: mailboxAt(memory, address, wakeOf(program, claims)) };
}

/** Null unless the hooks are written, and the resident runs in this process. */
function livingClaims(block: Buffer, self: number, { pid, wine }: ProgramHere): ControlClaims | null {
    const version = block.readUInt32LE(controlLayout.version.offset);
    if (version !== controlVersion) {
        throw new AgentRefusal("FOREIGN_VERSION", foreignVersion(version).message, undefined);
    }
    try {
        const ownPid = wine === null ? (readProgramStatus(pid)?.ownPid ?? null) : null;
        const claims = claimsOf(block, { self, pid: ownPid });
        return claims.stage === "hooked" && claims.residentPid === claims.pid ? claims : null;
    } catch {
        return null; // forged: the installer says so, unless it finds a valid one
    }
}

interface Wake {
    readonly wake: () => void;
    readonly close: () => void;
}

/** How to wake the resident. What the control block says of that is untrusted. */
function wakeOf({ pid, wine }: ProgramHere, claims: ControlClaims): Wake {
    if (wine !== null) {
        const file = claims.hasMailboxFile ? findMailboxFileUnderWine(wine, claims) : null;
        return { wake: () => (file === null ? undefined : wakeByFile(file)), close: () => {} };
    }
    let pipe = openWakePipe(pid, claims);
    return {
        wake: () => (pipe === null ? undefined : writeToWakePipe(pipe)),
        close: () => {
            if (pipe !== null) closeSync(pipe);
            pipe = null;
        },
    };
}

function mailboxAt(memory: ProcessMemory, address: number, { wake, close }: Wake): MailboxMemory {
    return {
        read: (offset, bytes) => memory.read(address + offset, bytes),
        write: (offset, data) => memory.write(address + offset, data),
        wake,
        programRuns: () => memory.read(address, 8) !== null,
        close: () => {
            close();
            memory.close();
        },
    };
}

/** The host writes there without any protection by the system: a wrong address would corrupt the program's data. */
function isMailbox(memory: ProcessMemory, address: number): boolean {
    if (!(address > 0) || address + mailboxBytes > 2 ** 47) return false;
    const found = memory.read(address + mailboxMarkOffset, mailboxBytes - mailboxMarkOffset);
    return (
        found !== null &&
        found.toString("latin1", 0, mailboxMark.length) === mailboxMark &&
        found.readBigUInt64LE(mailboxMark.length) === BigInt(address)
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
