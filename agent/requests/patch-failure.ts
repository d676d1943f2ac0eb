import { Refusal } from "../refusal.js";
import { patchStatus } from "../../shared/layout.js";

/** What a status of `pool_write_hooks` other than success means to a person. */
export function describePatchFailure(status: number): Refusal {
    switch (status) {
        case patchStatus.notTried:
            return new Refusal("THREADS_WOULD_NOT_STOP", "another host is installing the pool at this moment");
        case patchStatus.siteChanged:
            return new Refusal("UNHOOKABLE", "somebody else changed the allocation functions meanwhile");
        case patchStatus.notWritable:
            return new Refusal("UNHOOKABLE", "the system does not let the allocation functions be changed");
        case patchStatus.suspendDenied:
            return new Refusal(
                "THREADS_WOULD_NOT_STOP",
                "the system does not let the program's threads be stopped (a debugger holds it, or a sandbox forbids it)",
            );
        case patchStatus.threadsBusy:
            return new Refusal("THREADS_WOULD_NOT_STOP", "the program's threads could not be stopped at a safe place");
        case patchStatus.tooManyThreads:
            return new Refusal("THREADS_WOULD_NOT_STOP", "the program has more threads than can be stopped at once");
        default:
            return new Refusal(
                "FORGED_POOL",
                `the pool's function write_hooks answered with ${status}, which means nothing`,
            );
    }
}
