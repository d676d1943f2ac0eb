import type { Expression, Position, Said } from "./syntax.js";

/** A script that makes sense: every name is known, every placeholder has its value. `parseScript` makes one. */
export interface Script {
    readonly steps: readonly Step[];
}

/** Something to do. Each runs at most once, because there are no loops. */
export type Step = Position & (Exclude<Said, { kind: "nothing" | "if" | "elseif" | "else" | "endif" }> | Choice);

/** What stands between `if` and `endif`: the first branch whose condition holds is taken. */
export interface Choice {
    readonly kind: "choice";
    readonly branches: readonly Branch[];
}

export interface Branch extends Position {
    /** Null stands for `else`. */
    readonly condition: Expression | null;
    readonly steps: readonly Step[];
}
