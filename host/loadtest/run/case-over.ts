import { exitText, isClean } from "../program/exit.js";
import type { ExitRecord, Verdict } from "../results/record.js";

/** A save's turn is over before its scenario is. */
export class CaseOver extends Error {
    override readonly name = "CaseOver";

    constructor(
        /** Null: that depends on what is expected. */
        readonly verdict: Exclude<Verdict, "passed"> | null,
        readonly reason: string,
        readonly exit: ExitRecord | null = null,
    ) {
        super(reason);
    }
}

/** Somebody has interrupted the run: the turn has no verdict. */
export class Interrupted extends Error {
    override readonly name = "Interrupted";
}

/** A program has ended by itself. Without an error, or where that is not known, it is no crash. */
export function deathOf(exit: ExitRecord): CaseOver {
    if (isClean(exit)) return new CaseOver(null, "the program ended by itself, without an error", exit);
    const isKnown = exit.code !== null || exit.signal !== null || exit.exception !== null;
    return new CaseOver(isKnown ? "crashed" : null, `the program ended: ${exitText(exit)}`, exit);
}
