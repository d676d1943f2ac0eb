import type { MailboxMemory } from "../../../host/client/mailbox/mailbox-memory.js";
import {
    mailboxBodyLayout,
    mailboxBytes,
    mailboxSlotBytes,
    mailboxSlotLayout,
    mailboxSlots,
} from "../../../shared/layout.js";

/** A request that was found in a slot. */
export interface SlotRequest {
    code: number;
    data: Buffer;
}

/** What a resident answers; null: nothing. */
export type Answering = (request: SlotRequest) => { status: number; data: Buffer } | null;

/** A mailbox without a program. Its resident answers some time after it was woken, as the one in C does. */
export class MailboxInMemory {
    readonly bytes = Buffer.alloc(mailboxBytes);
    readonly answered = new Set<bigint>();
    runs = true;
    wakes = 0;
    /** Called after each write of a host, with the offset in the slot. */
    afterWrite: (slot: Slot, offset: number) => void = () => {};
    /** Called before each read. */
    beforeRead: (slot: Slot, offset: number) => void = () => {};

    constructor(
        readonly answering: Answering,
        readonly delayMs = 0,
    ) {}

    /** As one host sees it. */
    open(): MailboxMemory {
        return {
            read: (offset, bytes) => {
                this.beforeRead(this.#slotAt(offset), offset % mailboxSlotBytes);
                return this.runs ? Buffer.from(this.bytes.subarray(offset, offset + bytes)) : null;
            },
            write: (offset, data) => {
                data.copy(this.bytes, offset);
                this.afterWrite(this.#slotAt(offset), offset % mailboxSlotBytes);
                return this.runs;
            },
            wake: () => {
                this.wakes++;
                setTimeout(() => this.answerAll(), this.delayMs);
            },
            programRuns: () => this.runs,
            close: () => {},
        };
    }

    answerAll(): void {
        for (let index = 0; index < mailboxSlots; index++) this.#answer(new Slot(this.bytes, index));
    }

    /** As the resident: not twice, and not if the numbers differ. */
    #answer(slot: Slot): void {
        const number = slot.request;
        if (number === 0n || number === slot.answer || slot.bodyNumber !== number) return;
        const answer = this.answering(slot.content);
        if (answer === null) return;
        this.answered.add(number);
        slot.write(number, answer.status, answer.data);
        slot.answer = number;
    }

    #slotAt(offset: number): Slot {
        return new Slot(this.bytes, Math.floor(offset / mailboxSlotBytes));
    }
}

const { request, answer, body } = mailboxSlotLayout;

/** One slot. */
export class Slot {
    readonly #bytes: Buffer;

    constructor(
        mailbox: Buffer,
        readonly index: number,
    ) {
        this.#bytes = mailbox.subarray(index * mailboxSlotBytes, (index + 1) * mailboxSlotBytes);
    }

    get request(): bigint {
        return this.#bytes.readBigUInt64LE(request);
    }

    set request(number: bigint) {
        this.#bytes.writeBigUInt64LE(number, request);
    }

    get answer(): bigint {
        return this.#bytes.readBigUInt64LE(answer);
    }

    set answer(number: bigint) {
        this.#bytes.writeBigUInt64LE(number, answer);
    }

    get bodyNumber(): bigint {
        return this.#bytes.readBigUInt64LE(body + mailboxBodyLayout.number);
    }

    get content(): SlotRequest {
        const length = this.#bytes.readUInt32LE(body + mailboxBodyLayout.bytes);
        const data = body + mailboxBodyLayout.data;
        return {
            code: this.#bytes.readUInt32LE(body + mailboxBodyLayout.code),
            data: Buffer.from(this.#bytes.subarray(data, data + length)),
        };
    }

    /** @param length what the slot says, if that is not the truth */
    write(number: bigint, code: number, data: Buffer, length = data.length): void {
        this.#bytes.writeBigUInt64LE(number, body + mailboxBodyLayout.number);
        this.#bytes.writeUInt32LE(code, body + mailboxBodyLayout.code);
        this.#bytes.writeUInt32LE(length, body + mailboxBodyLayout.bytes);
        data.copy(this.#bytes, body + mailboxBodyLayout.data);
    }
}
