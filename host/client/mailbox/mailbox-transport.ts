import { randomInt } from "node:crypto";
import { performance } from "node:perf_hooks";
import {
    mailboxBodyLayout,
    mailboxDataBytes,
    mailboxSlotBytes,
    mailboxSlotLayout,
    mailboxSlots,
} from "../../../shared/layout.js";
import { EngineTimeout } from "../../frida/engine.js";
import { pollUntil } from "../../process/poll.js";
import { type PostedAnswer, requestByPost } from "../codec/request-by-post.js";
import { ProgramEnded } from "../program-ended.js";
import type { EndReason, Transport } from "../transport.js";
import type { MailboxMemory } from "./mailbox-memory.js";

/** Pauses before each poll for an answer, in milliseconds; the last one again and again. */
const pollMs = [1, 1, 2, 3, 5, 10] as const;
/** How often to wake the resident again while no answer comes, in milliseconds. */
const wakeMs = 250;
/** Bounds of the random pause before posting again after another host took the slot, in milliseconds. */
const shortestPauseMs = 1;
const longestPauseMs = 20;
/** How long to wait for an answer, in milliseconds, if the one before did not come. */
const doubtfulMs = 500;
/** How often to check that the program still runs while no request is under way, in milliseconds. */
const watchMs = 500;

/** Carries requests to the resident of a living pool by its mailbox. */
export class MailboxTransport implements Transport {
    readonly ended: Promise<EndReason>;
    readonly #memory: MailboxMemory;
    readonly #answerLimitMs: number;
    readonly #slots = new OwnSlots();
    #hasEnded = false;
    /** The last request got no answer. */
    #isSilent = false;
    #end!: (reason: EndReason) => void;

    /** @param memory the mailbox; owned from now on */
    constructor(memory: MailboxMemory, answerLimitMs: number) {
        this.#memory = memory;
        this.#answerLimitMs = answerLimitMs;
        this.ended = new Promise((resolve) => {
            const watch = setInterval(() => {
                if (!memory.programRuns()) this.#end("process-terminated");
            }, watchMs);
            this.#end = (reason) => {
                clearInterval(watch);
                this.#hasEnded = true;
                resolve(reason);
            };
        });
    }

    /** @param limitMs longest time to wait for the answer, in milliseconds */
    request(name: string, payload: unknown, limitMs = this.#answerLimitMs): Promise<unknown> {
        return requestByPost((code, data) => this.#post(code, data, limitMs), name, payload);
    }

    async close(): Promise<void> {
        this.#end("application-requested");
        this.#memory.close();
    }

    async #post(code: number, data: Buffer, limitMs: number): Promise<PostedAnswer> {
        if (data.length > mailboxDataBytes) throw new Error(`${data.length} bytes are more than a slot holds`);
        const wasSilent = this.#isSilent;
        const waitMs = wasSilent ? Math.min(limitMs, doubtfulMs) : limitMs;
        const end = performance.now() + waitMs;
        let wasTaken = false;
        const slots = this.#slots;
        let slot = slots.take();
        const answer = await pollUntil(
            async () => {
                const posted = await this.#postOnce(slot, code, data, end);
                if (posted !== "taken") return posted;
                wasTaken = true;
                slot = slots.instead(slot);
                return null;
            },
            { everyMs: () => randomInt(shortestPauseMs, longestPauseMs), limitMs: waitMs },
        ).finally(() => slots.giveBack(slot));
        this.#isSilent = answer === null && !wasTaken;
        if (answer !== null) return answer;
        if (wasTaken) throw new EngineTimeout("the program's pool sends only invalid answers");
        throw new EngineTimeout(
            wasSilent
                ? "the program's pool still does not answer"
                : `the program's pool did not answer within ${Math.ceil(limitMs / 1000)} s`,
        );
    }

    /** @returns null if no answer came in time, "taken" if another host has written to the slot */
    async #postOnce(index: number, code: number, data: Buffer, end: number): Promise<PostedAnswer | "taken" | null> {
        const slot = mailboxSlotBytes * index;
        const number = BigInt(randomInt(1, 2 ** 48 - 1));
        this.#write(slot, number, code, data);
        this.#memory.wake();
        let polls = 0;
        let lastWake = performance.now();
        return pollUntil(
            () => {
                if (polls === 0) return null; // the resident has not had the time to answer
                if (performance.now() - lastWake > wakeMs) {
                    lastWake = performance.now();
                    this.#memory.wake();
                }
                return this.#readAnswer(slot, number);
            },
            { everyMs: () => pollMs[Math.min(polls++, pollMs.length - 1)]!, limitMs: end - performance.now() },
        );
    }

    /** The number of the request is written last: it makes the request visible. */
    #write(slot: number, number: bigint, code: number, data: Buffer): void {
        const body = Buffer.alloc(mailboxBodyLayout.data + data.length);
        body.writeBigUInt64LE(number, mailboxBodyLayout.number);
        body.writeUInt32LE(code, mailboxBodyLayout.code);
        body.writeUInt32LE(data.length, mailboxBodyLayout.bytes);
        data.copy(body, mailboxBodyLayout.data);
        const request = Buffer.alloc(8);
        request.writeBigUInt64LE(number);
        const isWritten =
            this.#memory.write(slot + mailboxSlotLayout.body, body) &&
            this.#memory.write(slot + mailboxSlotLayout.request, request);
        if (!isWritten) throw new ProgramEnded();
    }

    /** @returns null if there is no answer yet */
    #readAnswer(slot: number, number: bigint): PostedAnswer | "taken" | null {
        const head = this.#readHead(slot);
        if (head.request !== number || head.body !== number) return "taken";
        if (head.answer !== number) return null;
        if (head.bytes > mailboxDataBytes) return "taken"; // no resident writes that
        const data = this.#read(slot + mailboxSlotLayout.body + mailboxBodyLayout.data, head.bytes);
        // A host that takes the slot begins with the number in the body.
        return this.#readHead(slot).body === number ? { status: head.code, data } : "taken";
    }

    #readHead(slot: number) {
        const { request, answer, body } = mailboxSlotLayout;
        const head = this.#read(slot, body + mailboxBodyLayout.data);
        return {
            request: head.readBigUInt64LE(request),
            answer: head.readBigUInt64LE(answer),
            body: head.readBigUInt64LE(body + mailboxBodyLayout.number),
            code: head.readUInt32LE(body + mailboxBodyLayout.code),
            bytes: head.readUInt32LE(body + mailboxBodyLayout.bytes),
        };
    }

    #read(offset: number, bytes: number): Buffer {
        const found = this.#memory.read(offset, bytes);
        if (found === null || this.#hasEnded) throw new ProgramEnded();
        return found;
    }
}

/** The slots of one host: one for each request that is under way, kept until another host takes it. */
class OwnSlots {
    readonly #idle: number[] = [];
    readonly #inUse = new Set<number>();

    take(): number {
        const slot = this.#idle.pop() ?? this.#anotherOne();
        this.#inUse.add(slot);
        return slot;
    }

    giveBack(slot: number): void {
        if (this.#inUse.delete(slot)) this.#idle.push(slot);
    }

    /** After another host has taken the slot. */
    instead(taken: number): number {
        const slot = this.#anotherOne();
        this.#inUse.delete(taken);
        this.#inUse.add(slot);
        return slot;
    }

    /** Any one that is not in use here; with more requests than slots they share some, and post again. */
    #anotherOne(): number {
        const free = Array.from({ length: mailboxSlots }, (_, slot) => slot).filter(
            (slot) => !this.#inUse.has(slot) && !this.#idle.includes(slot),
        );
        return free.length === 0 ? randomInt(mailboxSlots) : free[randomInt(free.length)]!;
    }
}
