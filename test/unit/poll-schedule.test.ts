import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PollSchedule } from "../../host/client/mailbox/poll-schedule.js";

/** Times at which the resident script polls, in milliseconds: its interval, and how long it takes to answer. */
interface Resident {
    readonly interval: number;
    readonly answer: number;
    /** Delay of a poll, by its number. */
    readonly late?: (poll: number) => number;
}

describe("PollSchedule", () => {
    it("PollSchedule needs fewer than two polls for an answer once it knows the resident script's phase", () => {
        const { polls, longest } = simulate({ interval: 50.2, answer: 1 });
        assert.ok(polls < 2, `${polls} polls for an answer`);
        assert.ok(longest < 70, `${longest} ms for an answer`);
    });

    it("PollSchedule follows a resident script whose phase drifts", () => {
        const { polls, longest } = simulate({ interval: 51.3, answer: 2 });
        assert.ok(polls < 2.5, `${polls} polls for an answer`);
        assert.ok(longest < 75, `${longest} ms for an answer`);
    });

    it("PollSchedule recovers from a resident script that is late at times", () => {
        const { polls, longest } = simulate({ interval: 50, answer: 1, late: (poll) => (poll % 7 === 0 ? 30 : 0) });
        assert.ok(polls < 5, `${polls} polls for an answer`);
        assert.ok(longest < 200, `${longest} ms for an answer`);
    });
});

/**
 * Ten requests a second for a minute.
 *
 * @returns polls for each answer on the average, and the longest wait for one in milliseconds
 */
function simulate({ interval, answer, late = () => 0 }: Resident): { polls: number; longest: number } {
    const schedule = new PollSchedule();
    const requests = 600;
    let polls = 0;
    let longest = 0;
    for (let request = 0; request < requests; request++) {
        const posted = 1000 + request * 100.7;
        let seen = Math.ceil(posted / interval);
        while (seen * interval + late(seen) < posted) seen++;
        const answered = seen * interval + late(seen) + answer;
        let now = posted;
        for (let own = 1; ; own++) {
            now += schedule.pauseAt(now);
            polls++;
            if (now < answered) continue;
            schedule.answeredAt(now, own);
            break;
        }
        longest = Math.max(longest, now - posted);
    }
    return { polls: polls / requests, longest };
}
