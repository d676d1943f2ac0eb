import type { Reply } from "./requests.js";

/**
 * Memory in which hosts post requests to the resident script, so that a host that may read and write the program's memory
 * reaches a living pool without an injection. Its address is in the control block. Each slot takes one request at a time:
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
