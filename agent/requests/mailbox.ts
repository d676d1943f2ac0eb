import { mailbox, type MailboxAnswer, type MailboxRequest, residentPollMs } from "../../shared/protocol/mailbox.js";
import type { Reply } from "../../shared/protocol/requests.js";

const { layout, slots, slotBytes, mark, markBytes } = mailbox;
const capacity = slotBytes - layout.text;

/**
 * Answers the requests that hosts post in the mailbox, for as long as the program lives.
 *
 * @param timers that are stopped if the pool is given up before it is hooked
 * @returns the mailbox; retain it
 */
export function openMailbox(
    answer: (name: string, payload: unknown) => Promise<Reply<unknown>>,
    timers: { every(work: () => void, milliseconds: number): void },
): NativePointer {
    const memory = Memory.alloc(slots * slotBytes + markBytes);
    const tail = memory.add(slots * slotBytes);
    tail.writeUtf8String(mark);
    tail.add(mark.length).writeU64(uint64(memory.toString()));
    const lastSeen = new Array<number>(slots).fill(0);
    timers.every(() => {
        for (let index = 0; index < slots; index++) {
            const slot = memory.add(index * slotBytes);
            const number = slot.add(layout.request).readU64().toNumber();
            if (number === lastSeen[index]) continue;
            lastSeen[index] = number;
            const request = readRequest(slot);
            if (request?.number === number) {
                void answer(request.name, request.payload).then((reply) => writeAnswer(slot, number, reply));
            }
        }
    }, residentPollMs);
    return memory;
}

/** Null if the text is invalid or incomplete: another host is writing to the slot. */
function readRequest(slot: NativePointer): MailboxRequest | null {
    const bytes = slot.add(layout.requestBytes).readU32();
    if (bytes > capacity) return null;
    try {
        return JSON.parse(slot.add(layout.text).readUtf8String(bytes) ?? "") as MailboxRequest | null;
    } catch {
        return null;
    }
}

function writeAnswer(slot: NativePointer, number: number, reply: Reply<unknown>): void {
    let text = inAscii({ number, reply });
    if (text.length >= capacity) text = inAscii({ number, reply: tooLong });
    slot.add(layout.text).writeUtf8String(text);
    slot.add(layout.answerBytes).writeU32(text.length);
    slot.add(layout.answer).writeU64(number);
}

const tooLong: Reply<unknown> = {
    ok: false,
    error: { code: "INTERNAL", message: "the answer is longer than the mailbox" },
};

/** In ASCII one character is one byte. */
function inAscii(answer: MailboxAnswer): string {
    return JSON.stringify(answer).replace(
        /[\u007f-\uffff]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}
