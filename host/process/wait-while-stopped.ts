import { UserError } from "../errors.js";
import { pollUntil } from "./poll.js";
import { stateOf } from "./process-status.js";

/** A program that is stopped for longer is refused. */
const polling = { everyMs: 50, limitMs: 5_000 };

/**
 * Waits until a stopped Linux program, or a stopped Windows program that Wine runs, is continued: it would not answer,
 * and Frida's injection into a stopped program leaves it in a state in which no other injection succeeds.
 *
 * @throws UserError NOT_ANSWERING if it is not continued in time
 */
export async function waitWhileStopped(pid: number, onProgress: (line: string) => void): Promise<void> {
    if (!isStopped(pid)) return;
    onProgress(`pid ${pid} is stopped; waiting for it to go on`);
    if ((await pollUntil(() => (isStopped(pid) ? null : true), polling)) !== null) return;
    throw new UserError(
        "NOT_ANSWERING",
        `pid ${pid} is stopped (by SIGSTOP or Ctrl-Z) and does not answer`,
        `Let it go on first: kill -CONT ${pid}`,
    );
}

/** False if it has ended or is not ours: attaching reports that. */
function isStopped(pid: number): boolean {
    return stateOf(pid) === "T";
}
