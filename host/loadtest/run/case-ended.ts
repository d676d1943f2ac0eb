import { exitText, isClean } from "../program/exit.js";
import type { ExitRecord, Verdict } from "../results/record.js";

/** A test case has ended before its scenario has. */
export class CaseEnded extends Error {
    override readonly name = "CaseEnded";

    constructor(
        /** Null: the expectations decide. */
        readonly verdict: Exclude<Verdict, "passed"> | null,
        readonly reason: string,
        readonly exit: ExitRecord | null = null,
    ) {
        super(reason);
    }
}

/** The run was interrupted: the test case has no verdict. */
export class Interrupted extends Error {
    override readonly name = "Interrupted";
}

/** The end of a test case whose program has ended by itself. That is a crash only if an error is known. */
export function endedWith(exit: ExitRecord): CaseEnded {
    if (isClean(exit)) return new CaseEnded(null, "the program ended by itself, without an error", exit);
    const isKnown = exit.code !== null || exit.signal !== null || exit.exception !== null;
    return new CaseEnded(isKnown ? "crashed" : null, `the program ended: ${exitText(exit)}`, exit);
}
