import type { Trial } from "../trial.js";
import { attachUnderLoad } from "./attach-under-load.js";
import { exhaustion } from "./exhaustion.js";
import { exitsAfterAttach } from "./exits-after-attach.js";
import { forgedPool } from "./forged-pool.js";
import { fuzz } from "./fuzz.js";
import { gameFrames } from "./game-frames.js";
import { heapAbuse } from "./heap-abuse.js";
import { hostHungUp, hostKilled, hostPaused, interruptedTwice, programPaused, terminalClosed } from "./host-ends.js";
import { installationSteps } from "./installation-steps.js";
import { loneThread } from "./lone-thread.js";
import { longSession } from "./long-session.js";
import { nativeSanitizers } from "./native-sanitizers.js";
import { offAndOn } from "./off-and-on.js";
import { realPrograms } from "./real-programs.js";
import { workerKilled } from "./worker-killed.js";

/** All trials, in the order in which they run. */
export const trials: readonly Trial[] = [
    attachUnderLoad,
    loneThread,
    hostKilled,
    hostHungUp,
    terminalClosed,
    interruptedTwice,
    hostPaused,
    programPaused,
    workerKilled,
    installationSteps,
    exitsAfterAttach,
    offAndOn,
    heapAbuse,
    exhaustion,
    fuzz,
    nativeSanitizers,
    longSession,
    gameFrames,
    realPrograms,
    forgedPool,
];
