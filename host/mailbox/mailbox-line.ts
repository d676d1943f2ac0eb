import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { mailbox, type MailboxRequest } from "../../agent/protocol.js";
import { AgentRefusal, EngineError, EngineTimeout } from "../engine/engine-errors.js";
import type { ProcessMemory } from "./process-memory.js";

const { layout, slots, slotBytes } = mailbox;
const capacity = slotBytes - layout.text;

/** How often we look for an answer, in milliseconds. */
const lookMs = 5;
/** How often we look whether the program still runs while nothing is asked, in milliseconds. */
const watchMs = 500;

/** Speaks to the core of a living pool through its mailbox. */
export class MailboxLine {
    /** Resolves when the program has ended, or when we have left. */
    readonly detached: Promise<{ reason: "process-terminated" | "application-requested" }>;
    readonly #memory: ProcessMemory;
    readonly #address: number;
    readonly #answerLimitMs: number;
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
            this.#post(slot, { number, name, payload });
            const answer = await this.#answerTo(slot, number, end);
            if (answer === "overwritten") {
                if (Date.now() > end) throw new EngineTimeout("the program's pool answers with nothing but nonsense");
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

    /** The number is written last: with it the request is there. */
    #post(slot: number, request: MailboxRequest): void {
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
    }

    async #answerTo(slot: number, number: number, end: number): Promise<Answer | "overwritten"> {
        for (;;) {
            await pause(lookMs);
            const head = this.#memory.read(slot, layout.text);
            if (head === null) throw ended();
            if (Number(head.readBigUInt64LE(layout.answer)) === number)
                return this.#readAnswer(slot, head.readUInt32LE(layout.answerBytes), number);
            if (Number(head.readBigUInt64LE(layout.request)) !== number) return "overwritten";
            if (Date.now() > end) throw new EngineTimeout("the program's pool did not answer in time");
        }
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
