import { printable } from "../../../shared/printable.js";
import { UserError } from "../../errors.js";
import type { PoolRequester } from "../ask.js";
import { longestLine, runOnMainThread } from "./run-on-main-thread.js";

/** How long the game may take for one line, in milliseconds. */
const limitMs = 2_000;

/** Repeats lines on the console of a game. A game that can't print costs one warning and one wait, never an error. */
export class GameEcho {
    /** The game's frame counter when it did not print; null: it prints. */
    #idleAt: number | null = null;
    #hasWarned = false;

    /** @param warn takes one line if the game does not print */
    constructor(
        readonly client: PoolRequester,
        readonly warn: (line: string) => void,
    ) {}

    /** Prints lines in order, long ones in pieces. */
    async print(lines: readonly string[]): Promise<void> {
        try {
            if (!this.client.facts.hasMainThreadQueue) {
                return this.#giveUp("poolnv can't reach a console of this program");
            }
            if (await this.#isIdle()) return;
            for (const text of lines.flatMap((line) => piecesForGame(printable(line)))) {
                await runOnMainThread(this.client, { kind: "print", text }, { idleMs: limitMs, runningMs: limitMs });
            }
        } catch (error) {
            if (!(error instanceof UserError)) throw error;
            if (error.code === "NOT_ANSWERING") this.#idleAt = await this.#frames();
            this.#giveUp(error.message);
        }
    }

    async #isIdle(): Promise<boolean> {
        if (this.#idleAt === null) return false;
        const isIdle = (await this.#frames()) === this.#idleAt;
        if (!isIdle) [this.#idleAt, this.#hasWarned] = [null, false];
        return isIdle;
    }

    /** Null if the program does not answer: the next request reports that. */
    async #frames(): Promise<number | null> {
        return this.client.ask("gameState", null).then(
            ({ frames }) => frames,
            () => null,
        );
    }

    #giveUp(why: string): void {
        if (!this.#hasWarned) this.warn(`not printed in the game: ${why}`);
        this.#hasWarned = true;
    }
}

/** Splits a line into pieces that the game's console takes, after a space if there is one. Joined, they are the line. */
export function piecesForGame(line: string): string[] {
    const pieces: string[] = [];
    let rest = [...line];
    while (Buffer.byteLength(rest.join("")) > longestLine) {
        const fitting = charactersWithin(rest, longestLine);
        const space = rest.lastIndexOf(" ", fitting - 1);
        const taken = space > 0 ? space + 1 : fitting;
        pieces.push(rest.slice(0, taken).join(""));
        rest = rest.slice(taken);
    }
    return [...pieces, rest.join("")];
}

/** The largest number of leading characters that fit into this many bytes. */
function charactersWithin(characters: readonly string[], bytes: number): number {
    let [count, sum] = [0, 0];
    for (const character of characters) {
        sum += Buffer.byteLength(character);
        if (sum > bytes) break;
        count++;
    }
    return count;
}
