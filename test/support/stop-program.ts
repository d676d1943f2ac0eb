import { stateOf, threadsOf } from "./thread-states.js";
import { waitUntil } from "./wait-until.js";

/** Stops a program, and waits until all of its threads stand: on a busy machine one runs on for a while. */
export async function stopProgram(pid: number): Promise<void> {
    process.kill(pid, "SIGSTOP");
    await waitUntil("all its threads stand", () =>
        threadsOf(pid).every((thread) => /^(T|gone)/.test(stateOf(pid, thread))),
    );
}
