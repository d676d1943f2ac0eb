/** Work for the main thread of a game: a script line to run on its console, or a text to print there. */
export interface MainThreadWork {
    /** Whether to run or to print the text. */
    kind: "run" | "print";
    /** Up to 500 bytes in the program's own encoding, without control characters. */
    text: string;
}

/** State of queued work; `gone` once its slot in the queue has been reused. */
export type WorkState = "waiting" | "running" | "done" | "failed" | "gone";

/** A game at one moment. */
export interface GameState {
    /** Frames since the pool was installed, modulo 2^32. */
    frames: number;
    /** Whether a saved game is loading; null before the game has a save manager. */
    loading: boolean | null;
}
