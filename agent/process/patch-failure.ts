import { patchStatus } from "../../shared/layout.js";
import { Refusal } from "../refusal.js";

/**
 * Why the hooks were not written, or why they could not be.
 *
 * @param status enum PatchStatus, other than success
 */
export function patchFailure(status: number): Refusal {
    switch (status) {
        case patchStatus.notTried:
            return new Refusal("THREADS_WOULD_NOT_STOP", "another host is installing the pool at this moment");
        case patchStatus.siteChanged:
            return new Refusal("UNHOOKABLE", "another tool has changed the allocation functions in the meantime");
        case patchStatus.notWritable:
            return new Refusal("UNHOOKABLE", "the system does not permit writing to the allocation functions");
        case patchStatus.suspendDenied:
            return new Refusal(
                "SUSPENSION_DENIED",
                "the system does not permit suspending the program's threads (a debugger is attached, or a sandbox forbids it)",
            );
        case patchStatus.threadsBusy:
            return new Refusal(
                "THREADS_WOULD_NOT_STOP",
                "the program's threads could not be suspended at a safe place",
            );
        case patchStatus.tooManyThreads:
            return new Refusal("THREADS_WOULD_NOT_STOP", "the program has more threads than can be suspended at once");
        default:
            return new Refusal("FORGED_POOL", `the pool's function write_hooks returned ${status}, which is no status`);
    }
}
