import { randomInt } from "node:crypto";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { mailbox, type MailboxRequest } from "../../../shared/protocol.js";
import { AgentRefusal, EngineError, EngineTimeout } from "../../frida/engine.js";
import { PollSchedule } from "./poll-schedule.js";
import type { ProcessMemory } from "./process-memory.js";

const { layout, slots, slotBytes } = mailbox;
const capacity = slotBytes - layout.text;

/** When we look whether what we wrote is still there, in milliseconds. */
const doubtMs = 200;
/** Shortest pause before we ask again when another host took our slot, in milliseconds. */
const shortestPauseMs = 5;
/** The longest: not all at once. */
const longestPauseMs = 60;
/** How often we look whether the program still runs while nothing is asked, in milliseconds. */
const watchMs = 500;

/** Speaks to the core of a living pool through its mailbox. */
export class MailboxClient {
    /** Resolves when the program has ended, or when we have left. */
    readonly detached: Promise<{ reason: "process-terminated" | "application-requested" }>;
    readonly #memory: ProcessMemory;
    readonly #address: number;
    readonly #answerLimitMs: number;
    readonly #rhythm = new PollSchedule();
    #leave = (): void => {};

    constructor(memory: ProcessMemory, address: number, answerLimitMs: number) {
        this.#memory = memory;
        this.#address = address;
        this.#answerLimitMs = answerLimitMs;
        this.detached = new Promise((resolve) => {
            const watch = setInterval(() => {
                if (this.#programRuns()) return;
                clearInterval(watch);
                resolve({ reason: "process-terminated" });
            }, watchMs);
            this.#leave = () => {
                clearInterval(watch);
                resolve({ reason: "application-requested" });
            };
        });
    }

    /**
     * @param limitMs longest time to wait for the answer
     * @throws AgentRefusal, EngineTimeout, EngineError when the program has ended
     */
    async request(name: string, payload: unknown, limitMs = this.#answerLimitMs): Promise<unknown> {
        const end = Date.now() + limitMs;
        for (;;) {
            const number = randomInt(1, 2 ** 48 - 1);
            const slot = this.#address + slotBytes * randomInt(slots);
            const posted = this.#post(slot, { number, name, payload });
            const answer = await this.#answerTo(slot, number, posted, end);
            if (answer === "overwritten") {
                if (Date.now() > end) throw new EngineTimeout("the program's pool answers with nothing but nonsense");
                await pause(randomInt(shortestPauseMs, longestPauseMs));
                continue;
            }
            if (answer.reply.ok) return answer.reply.value;
            const { code, message, stack } = answer.reply.error;
            throw new AgentRefusal(code, message, stack);
        }
    }

    async detach(): Promise<void> {
        this.#leave();
    }

    /** The number is written last: with it the request is there. @returns its text */
    #post(slot: number, request: MailboxRequest): Buffer {
        const text = Buffer.from(JSON.stringify(request));
        if (text.length > capacity) throw new Error(`a request of ${text.length} bytes is longer than the mailbox`);
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32LE(text.length);
        const number = Buffer.alloc(8);
        number.writeBigUInt64LE(BigInt(request.number));
        const written =
            this.#memory.write(slot + layout.text, text) &&
            this.#memory.write(slot + layout.requestBytes, bytes) &&
            this.#memory.write(slot + layout.request, number);
        if (!written) throw ended();
        return text;
    }

    async #answerTo(slot: number, number: number, posted: Buffer, end: number): Promise<Answer | "overwritten"> {
        const doubt = Date.now() + doubtMs;
        for (let looks = 1; ; looks++) {
            await pause(this.#rhythm.pauseAt(performance.now()));
            const head = this.#memory.read(slot, layout.text);
            if (head === null) throw ended();
            if (Number(head.readBigUInt64LE(layout.answer)) === number) {
                this.#rhythm.answeredAt(performance.now(), looks);
                return this.#readAnswer(slot, head.readUInt32LE(layout.answerBytes), number);
            }
            if (Number(head.readBigUInt64LE(layout.request)) !== number) return "overwritten";
            if (Date.now() > doubt && !this.#stillStands(slot, posted)) return "overwritten";
            if (Date.now() > end) throw new EngineTimeout("the program's pool did not answer in time");
        }
    }

    /** Two hosts that post in the same instant may leave the number of one with the text of the other, which nobody answers. */
    #stillStands(slot: number, posted: Buffer): boolean {
        return this.#memory.read(slot + layout.text, posted.length)?.equals(posted) === true;
    }

    #readAnswer(slot: number, bytes: number, number: number): Answer | "overwritten" {
        const text = this.#memory.read(slot + layout.text, Math.min(bytes, capacity));
        if (text === null) throw ended();
        try {
            const answer = answerShape.parse(JSON.parse(text.toString("latin1")));
            return answer.number === number ? answer : "overwritten";
        } catch {
            return "overwritten";
        }
    }

    #programRuns(): boolean {
        return this.#memory.read(this.#address, 8) !== null;
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

function ended(): EngineError {
    return new EngineError("InvalidOperationError", "the session is gone: the program has ended");
}
