import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PollSchedule } from "../../host/client/mailbox/poll-schedule.js";

/** How the core's looks fall, in milliseconds: from one to the next, and how long it takes to answer. */
interface Core {
    readonly period: number;
    readonly answer: number;
    /** How much later than that a look may come, by its number. */
    readonly late?: (look: number) => number;
}

describe("PollSchedule", () => {
    it("PollSchedule polls rarely once it knows the program's rhythm", () => {
        const { looks, longest } = play({ period: 50.2, answer: 1 });
        assert.ok(looks < 2, `${looks} looks for an answer`);
        assert.ok(longest < 70, `${longest} ms for an answer`);
    });

    it("PollSchedule follows a rhythm that drifts", () => {
        const { looks, longest } = play({ period: 51.3, answer: 2 });
        assert.ok(looks < 2.5, `${looks} looks for an answer`);
        assert.ok(longest < 75, `${longest} ms for an answer`);
    });

    it("PollSchedule tolerates a late reply now and then", () => {
        const { looks, longest } = play({ period: 50, answer: 1, late: (look) => (look % 7 === 0 ? 30 : 0) });
        assert.ok(looks < 5, `${looks} looks for an answer`);
        assert.ok(longest < 200, `${longest} ms for an answer`);
    });
});

/** Asks ten times a second for a minute. @returns looks for each answer, and the longest wait for one in milliseconds */
function play({ period, answer, late = () => 0 }: Core): { looks: number; longest: number } {
    const rhythm = new PollSchedule();
    const questions = 600;
    let looks = 0;
    let longest = 0;
    for (let question = 0; question < questions; question++) {
        const asked = 1000 + question * 100.7;
        let look = Math.ceil(asked / period);
        while (look * period + late(look) < asked) look++;
        const answered = look * period + late(look) + answer;
        let now = asked;
        for (let own = 1; ; own++) {
            now += rhythm.pauseAt(now);
            looks++;
            if (now < answered) continue;
            rhythm.answeredAt(now, own);
            break;
        }
        longest = Math.max(longest, now - asked);
    }
    return { looks: looks / questions, longest };
}
