/** Counters of failures in a stand-in's answer to `check`. */
export const harms: readonly string[] = ["corruptions", "wrong", "violations"];
