import {
    mailboxBodyLayout,
    mailboxDataBytes,
    mailboxMark,
    mailboxMarkOffset,
    mailboxSlotBytes,
    mailboxSlotLayout,
    mailboxSlots,
} from "../../shared/layout.js";
import type { PostAnswer, PostRequest } from "../../shared/protocol/mailbox.js";
import { Refusal } from "../refusal.js";
import { living } from "./living-pool.js";

/** How long the resident may take to answer, longer than a host waits, and how often to check whether it has; in milliseconds. */
const answerMs = 30_000;
const pollMs = 5;

/**
 * Puts a request into the mailbox of the pool of this process: for a host that reaches neither the program's memory nor a
 * mailbox file.
 *
 * @throws Refusal as `living`, FORGED_POOL if there is no mailbox or no answer in it
 */
export async function post({ code, data }: PostRequest): Promise<PostAnswer> {
    const bytes = fromHex(data);
    if (bytes.length > mailboxDataBytes) throw new Error(`${bytes.length} bytes are more than a slot holds`);
    const mailbox = findMailbox();
    const number = Math.floor(Math.random() * 2 ** 48) || 1;
    const slot = mailbox.add(mailboxSlotBytes * Math.floor(Math.random() * mailboxSlots));
    const body = slot.add(mailboxSlotLayout.body);
    body.add(mailboxBodyLayout.number).writeU64(number);
    body.add(mailboxBodyLayout.code).writeU32(code);
    body.add(mailboxBodyLayout.bytes).writeU32(bytes.length);
    body.add(mailboxBodyLayout.data).writeByteArray(bytes);
    slot.add(mailboxSlotLayout.request).writeU64(number);
    const end = Date.now() + answerMs;
    while (!slot.add(mailboxSlotLayout.answer).readU64().equals(number)) {
        if (Date.now() > end) throw new Refusal("FORGED_POOL", `the pool has not answered within ${answerMs / 1000} s`);
        await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
    return readAnswer(body);
}

function readAnswer(body: NativePointer): PostAnswer {
    const length = body.add(mailboxBodyLayout.bytes).readU32();
    if (length > mailboxDataBytes) throw new Refusal("FORGED_POOL", "the pool's answer is longer than its mailbox");
    return {
        status: body.add(mailboxBodyLayout.code).readU32(),
        data: toHex(body.add(mailboxBodyLayout.data).readByteArray(length)!),
    };
}

/** Without its mark nothing is written: in a damaged control block the address may be one of the program's own data. */
function findMailbox(): NativePointer {
    const mailbox = living().control.mailbox();
    try {
        const mark = mailbox.add(mailboxMarkOffset);
        const isMarked = mark.readUtf8String(mailboxMark.length) === mailboxMark;
        if (isMarked && mark.add(mailboxMark.length).readU64().equals(uint64(mailbox.toString()))) return mailbox;
    } catch {
        // not mapped
    }
    throw new Refusal("FORGED_POOL", "the pool has no mailbox");
}

function fromHex(text: string): number[] {
    return Array.from({ length: Math.floor(text.length / 2) }, (_, index) =>
        parseInt(text.slice(2 * index, 2 * index + 2), 16),
    );
}

function toHex(bytes: ArrayBuffer): string {
    return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
