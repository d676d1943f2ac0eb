import { residentPollMs } from "../../../shared/protocol/mailbox.js";

/** How often to poll for an answer about the time when one is due, in milliseconds. */
const pollMs = 5;
/** Time that the resident script takes to answer after its own poll, in milliseconds. */
const answerMs = 3;
/** How late the resident script may be before we wait for its next poll, in milliseconds. */
const lateMs = 10;
/** How much to move the estimate forward when the first poll found the answer, in milliseconds. */
const earlierMs = 1;

/**
 * When to poll for an answer. The resident script polls the mailbox at a fixed interval, whose phase shows in the times of
 * its answers. Waiting for the next of these takes two polls or fewer for an answer, each of which wakes this process;
 * polling all the time takes six.
 */
export class PollSchedule {
    /** Estimated time of one poll of the resident script. */
    #residentPoll: number | null = null;

    /** @returns milliseconds until the next poll for an answer */
    pauseAt(now: number): number {
        if (this.#residentPoll === null) return pollMs;
        const since = (now - this.#residentPoll) % residentPollMs;
        return since < lateMs ? pollMs : residentPollMs - since + answerMs;
    }

    /** @param polls how many polls it took until the answer was there */
    answeredAt(now: number, polls: number): void {
        this.#residentPoll = now - (polls === 1 ? answerMs + earlierMs : pollMs / 2);
    }
}
