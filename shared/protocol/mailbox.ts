import type { Reply } from "./requests.js";

/**
 * Memory in which hosts post requests to the resident script, so that they reach a living pool without an injection: on
 * Linux in the program's own memory, at the address that is in the control block; on Windows in a file that is mapped
 * there, too. Each slot takes one request at a time:
 * text, its length, and last a number that the host chose; the script answers in the same order at the same places.
 * Hosts that take the same slot at the same moment notice by the numbers, which the texts repeat, and post again.
 */
export const mailbox = {
    slots: 16,
    slotBytes: 0x4000,
    /**
     * After the last slot: this text, then the address of the mailbox as u64. Without it a host writes nothing: in a
     * damaged control block the address may point into the program's own data.
     */
    mark: "POOLNVMB",
    markBytes: 16,
    /** Offsets in a slot: u64 number of the request, u64 of the answer, u32 length of each in bytes, the text. */
    layout: { request: 0, answer: 8, requestBytes: 16, answerBytes: 20, text: 24 },
} as const;

/** Length of the mailbox. */
export const mailboxBytes = mailbox.slots * mailbox.slotBytes + mailbox.markBytes;

/** The process that a mailbox file belongs to. */
export interface MailboxOwner {
    /** File name of the program. */
    program: string;
    pid: number;
    /** When the process started, in hexadecimal. */
    started: string;
}

/** Where the mailbox of a Windows program is: `%LOCALAPPDATA%\\poolnv\\mailboxes\\FalloutNV.exe-4711-1db9f3a2c4e5d60`. */
export const mailboxFile = {
    variable: "LOCALAPPDATA",
    folders: ["poolnv", "mailboxes"],
    nameOf: ({ program, pid, started }: MailboxOwner): string => `${program}-${pid}-${started}`,
    /** Null if it is not the name of a mailbox. */
    ownerOf: (name: string): MailboxOwner | null => {
        const found = /^(.+)-(\d{1,10})-([0-9a-f]{1,16})$/.exec(name);
        return found === null ? null : { program: found[1]!, pid: Number(found[2]), started: found[3]! };
    },
} as const;

/** How often the resident script polls the mailbox, in milliseconds: the longest wait for an answer, twice the average. */
export const residentPollMs = 50;

/** The text of a request: JSON in UTF-8. */
export interface MailboxRequest {
    /** 1 to 2^48 - 1 */
    number: number;
    name: string;
    payload: unknown;
}

/** The text of an answer: JSON in ASCII. */
export interface MailboxAnswer {
    number: number;
    reply: Reply<unknown>;
}
