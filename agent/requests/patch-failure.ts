import { Refusal } from "../refusal.js";
import { armStatus } from "../../shared/layout.js";

/** What a status of `pool_arm` other than success means to a person. */
export function describeArmFailure(status: number): Refusal {
    switch (status) {
        case armStatus.notTried:
            return new Refusal("THREADS_WOULD_NOT_STOP", "another host is installing the pool at this moment");
        case armStatus.siteChanged:
            return new Refusal("UNHOOKABLE", "somebody else changed the allocation functions meanwhile");
        case armStatus.notWritable:
            return new Refusal("UNHOOKABLE", "the system does not let the allocation functions be changed");
        case armStatus.mayNotStop:
            return new Refusal(
                "THREADS_WOULD_NOT_STOP",
                "the system does not let the program's threads be stopped (a debugger holds it, or a sandbox forbids it)",
            );
        case armStatus.wouldNotStop:
            return new Refusal("THREADS_WOULD_NOT_STOP", "the program's threads could not be stopped at a safe place");
        case armStatus.tooManyThreads:
            return new Refusal("THREADS_WOULD_NOT_STOP", "the program has more threads than can be stopped at once");
        default:
            return new Refusal("FORGED_POOL", `the pool's function arm answered with ${status}, which means nothing`);
    }
}
