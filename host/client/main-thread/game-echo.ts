import { printable } from "../../../shared/printable.js";
import { UserError } from "../../errors.js";
import type { PoolSession } from "../pool-session.js";
import { doWork, lineBytesAtMost } from "./run-on-main-thread.js";

/** How long the game may take with one line before it is done without, in milliseconds. */
const patienceMs = 2_000;

/**
 * Repeats lines on the console of a game. That is an addition: a game that can't print is told of by a warning, and costs
 * no more than that and one wait.
 */
export class GameEcho {
    /** What the game's frames were when it did not print; null: it did. */
    #stoodStillAt: number | null = null;
    #hasWarned = false;

    /** @param warn takes one line where the game does not print */
    constructor(
        readonly session: PoolSession,
        readonly warn: (line: string) => void,
    ) {}

    /** Prints lines in their order; long ones in pieces. */
    async print(lines: readonly string[]): Promise<void> {
        try {
            if (!this.session.facts.hasMainThreadQueue)
                return this.#giveUp("poolnv can't reach a console of this program");
            if (await this.#standsStill()) return;
            for (const text of lines.flatMap((line) => piecesForGame(printable(line))))
                await doWork(this.session, { kind: "print", text }, { idleMs: patienceMs, runningMs: patienceMs });
        } catch (error) {
            if (!(error instanceof UserError)) throw error;
            if (error.code === "NOT_ANSWERING") this.#stoodStillAt = await this.#frames();
            this.#giveUp(error.message);
        }
    }

    async #standsStill(): Promise<boolean> {
        if (this.#stoodStillAt === null) return false;
        const isStill = (await this.#frames()) === this.#stoodStillAt;
        if (!isStill) [this.#stoodStillAt, this.#hasWarned] = [null, false];
        return isStill;
    }

    /** Null where the program answers nothing at all, which whoever asks it next is told. */
    async #frames(): Promise<number | null> {
        return this.session.gameState().then(
            ({ frames }) => frames,
            () => null,
        );
    }

    #giveUp(why: string): void {
        if (!this.#hasWarned) this.warn(`not printed in the game: ${why}`);
        this.#hasWarned = true;
    }
}

/** A line in pieces that the game's console takes; they break behind spaces where there are any, and leave nothing out. */
export function piecesForGame(line: string): string[] {
    const pieces: string[] = [];
    let rest = [...line];
    while (Buffer.byteLength(rest.join("")) > lineBytesAtMost) {
        const fitting = charactersWithin(rest, lineBytesAtMost);
        const space = rest.lastIndexOf(" ", fitting - 1);
        const taken = space > 0 ? space + 1 : fitting;
        pieces.push(rest.slice(0, taken).join(""));
        rest = rest.slice(taken);
    }
    return [...pieces, rest.join("")];
}

/** How many characters from the first on have so many bytes together, at most. */
function charactersWithin(characters: readonly string[], bytes: number): number {
    let [count, sum] = [0, 0];
    for (const character of characters) {
        sum += Buffer.byteLength(character);
        if (sum > bytes) break;
        count++;
    }
    return count;
}
