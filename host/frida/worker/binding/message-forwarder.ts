import type { Message } from "frida";
import type { Channel } from "./channel.js";

/** Messages of one script that are passed on, and characters of each: a program may send without end. */
const messageLimit = 100;
const lengthLimit = 2000;

/** Passes the messages of one script on to the host, as text. */
export class MessageForwarder {
    #count = 0;

    constructor(
        /** Name of the script. */
        readonly script: string,
        readonly channel: Channel,
    ) {}

    /** An exception with its stack, else what was sent. */
    forward(message: Message): void {
        const { stack, description, payload } = message as { stack?: string; description?: string; payload?: unknown };
        this.#send(String(stack || description || JSON.stringify(payload ?? null)));
    }

    /** What a script logs would go to our standard output otherwise, which is the user's. */
    forwardLog(text: unknown): void {
        this.#send(String(text));
    }

    #send(text: string): void {
        this.#count++;
        if (this.#count > messageLimit) return;
        this.channel.send({ event: "message", script: this.script, text: text.slice(0, lengthLimit) });
    }
}
