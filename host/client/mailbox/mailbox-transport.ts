import { randomInt } from "node:crypto";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { mailbox, type MailboxRequest } from "../../../shared/protocol/mailbox.js";
import { AgentRefusal, EngineTimeout } from "../../frida/engine.js";
import { pollUntil } from "../../process/poll.js";
import { ProgramEnded } from "../program-ended.js";
import type { EndReason, Transport } from "../transport.js";
import type { MailboxMemory } from "./mailbox-memory.js";
import { PollSchedule } from "./poll-schedule.js";

const { layout, slots, slotBytes } = mailbox;
const capacity = slotBytes - layout.text;

/** How long after posting to check that another host has not overwritten the text, in milliseconds. */
const doubtMs = 200;
/** Bounds of the random pause before posting again after another host took the slot, in milliseconds. */
const shortestPauseMs = 5;
const longestPauseMs = 60;
/** How often to check that the program still runs while no request is under way, in milliseconds. */
const watchMs = 500;

/** Carries requests to the resident script of a living pool by its mailbox. */
export class MailboxTransport implements Transport {
    readonly engine = null;
    readonly ended: Promise<EndReason>;
    readonly #memory: MailboxMemory;
    readonly #answerLimitMs: number;
    readonly #schedule = new PollSchedule();
    #hasEnded = false;
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
    async request(name: string, payload: unknown, limitMs = this.#answerLimitMs): Promise<unknown> {
        const end = performance.now() + limitMs;
        const answer = await pollUntil(() => this.#postOnce(name, payload, end), {
            everyMs: () => randomInt(shortestPauseMs, longestPauseMs),
            limitMs,
        });
        if (answer === null) throw new EngineTimeout("the program's pool sends only invalid answers");
        if (answer.reply.ok) return answer.reply.value;
        const { code, message, stack } = answer.reply.error;
        throw new AgentRefusal(code, message, stack);
    }

    async close(): Promise<void> {
        this.#end("application-requested");
        this.#memory.close();
    }

    /** @returns null if another host has overwritten the slot */
    async #postOnce(name: string, payload: unknown, end: number): Promise<Answer | null> {
        const number = randomInt(1, 2 ** 48 - 1);
        const slot = slotBytes * randomInt(slots);
        const posted = this.#post(slot, { number, name, payload });
        const answer = await this.#waitForAnswer(slot, number, posted, end);
        return answer === "overwritten" ? null : answer;
    }

    /** The number is written last: it makes the request visible. @returns the request's text */
    #post(slot: number, request: MailboxRequest): Buffer {
        const text = Buffer.from(JSON.stringify(request));
        if (text.length > capacity) throw new Error(`a request of ${text.length} bytes is longer than the mailbox`);
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32LE(text.length);
        const number = Buffer.alloc(8);
        number.writeBigUInt64LE(BigInt(request.number));
        const isWritten =
            this.#memory.write(slot + layout.text, text) &&
            this.#memory.write(slot + layout.requestBytes, bytes) &&
            this.#memory.write(slot + layout.request, number);
        if (!isWritten) throw new ProgramEnded();
        return text;
    }

    async #waitForAnswer(slot: number, number: number, posted: Buffer, end: number): Promise<Answer | "overwritten"> {
        const untilNextPoll = (): number => this.#schedule.pauseAt(performance.now());
        const doubt = performance.now() + doubtMs;
        let polls = 0;
        await pause(untilNextPoll());
        const answer = await pollUntil(
            () => {
                polls++;
                const head = this.#memory.read(slot, layout.text);
                if (head === null || this.#hasEnded) throw new ProgramEnded();
                if (Number(head.readBigUInt64LE(layout.answer)) === number) {
                    this.#schedule.answeredAt(performance.now(), polls);
                    return this.#readAnswer(slot, head.readUInt32LE(layout.answerBytes), number);
                }
                if (Number(head.readBigUInt64LE(layout.request)) !== number) return "overwritten";
                if (performance.now() > doubt && !this.#isIntact(slot, posted)) return "overwritten";
                return null;
            },
            { everyMs: untilNextPoll, limitMs: end - performance.now() },
        );
        if (answer === null) throw new EngineTimeout("the program's pool did not answer in time");
        return answer;
    }

    /** Two hosts that post at the same moment may leave the number of one with the text of the other: no answer comes. */
    #isIntact(slot: number, posted: Buffer): boolean {
        return this.#memory.read(slot + layout.text, posted.length)?.equals(posted) === true;
    }

    #readAnswer(slot: number, bytes: number, number: number): Answer | "overwritten" {
        const text = this.#memory.read(slot + layout.text, Math.min(bytes, capacity));
        if (text === null) throw new ProgramEnded();
        try {
            const answer = answerShape.parse(JSON.parse(text.toString("latin1")));
            return answer.number === number ? answer : "overwritten";
        } catch {
            return "overwritten";
        }
    }
}

const answerShape = z.object({
    number: z.number(),
    reply: z.discriminatedUnion("ok", [
        z.object({ ok: z.literal(true), value: z.unknown() }),
        z.object({
            ok: z.literal(false),
            error: z.object({ code: z.string(), message: z.string(), stack: z.string().optional() }),
        }),
    ]),
});

type Answer = z.infer<typeof answerShape>;
