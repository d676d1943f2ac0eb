import {
    mailbox,
    type MailboxAnswer,
    mailboxBytes,
    type MailboxRequest,
    residentPollMs,
} from "../../shared/protocol/mailbox.js";
import type { Reply } from "../../shared/protocol/requests.js";
import { platform } from "../process/platform/index.js";

const { layout, slots, slotBytes, mark } = mailbox;
const capacity = slotBytes - layout.text;

/** A mailbox that is open. */
export interface OpenMailbox {
    /** Retain it. */
    memory: NativePointer;
    /** Whether hosts reach it by a file, too. */
    inFile: boolean;
    /** Closes and deletes the file: for a pool that never gets its hooks. */
    close(): void;
}

/** Answers the requests that hosts post in the mailbox, for as long as the program lives. */
export function openMailbox(answer: (name: string, payload: unknown) => Promise<Reply<unknown>>): OpenMailbox {
    const file = platform().mapMailboxFile(mailboxBytes);
    const memory = file?.view ?? Memory.alloc(mailboxBytes);
    const tail = memory.add(slots * slotBytes);
    tail.writeUtf8String(mark);
    tail.add(mark.length).writeU64(uint64(memory.toString()));
    const lastSeen = new Array<number>(slots).fill(0);
    const poll = (): void => {
        for (let index = 0; index < slots; index++) {
            const slot = memory.add(index * slotBytes);
            const number = slot.add(layout.request).readU64().toNumber();
            if (number === lastSeen[index]) continue;
            lastSeen[index] = number;
            const request = readRequest(slot);
            if (request?.number === number) {
                void answer(request.name, request.payload)
                    .then((reply) => writeAnswer(slot, number, reply))
                    .catch(close);
            }
        }
    };
    const timer = setInterval(() => {
        try {
            poll();
        } catch {
            close();
        }
    }, residentPollMs);
    /** Also once the memory can't be accessed: Wine, unlike Windows, lets a file be cut short that is mapped. */
    function close(): void {
        clearInterval(timer);
        file?.close();
    }
    return { memory, inFile: file !== null, close };
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
