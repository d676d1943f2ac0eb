import { residentPollMs } from "../../../shared/protocol.js";

/** How often we look for an answer about the time when one is due, in milliseconds. */
const pollMs = 5;
/** How long after the core is thought to have looked an answer may take, in milliseconds. */
const answerMs = 3;
/** How late the core may be before we wait for its next look, in milliseconds. */
const lateMs = 10;
/** How much earlier the core is thought to look, in milliseconds, when we did not have to look twice. */
const earlierMs = 1;

/**
 * When to look for an answer. The core looks into the mailbox at regular times, which show in when it answered before: to
 * wait for them takes two looks or fewer, each of which wakes us, where looking all the while takes six.
 */
export class PollSchedule {
    /** When the core is thought to have looked once. */
    #look: number | null = null;

    /** @returns milliseconds until the next look for an answer */
    pauseAt(now: number): number {
        if (this.#look === null) return pollMs;
        const since = (now - this.#look) % residentPollMs;
        return since < lateMs ? pollMs : residentPollMs - since + answerMs;
    }

    /** @param looks how often we looked until the answer was there */
    answeredAt(now: number, looks: number): void {
        this.#look = now - (looks === 1 ? answerMs + earlierMs : pollMs / 2);
    }
}
