/** What a stand-in counts in its answer to `check` when something is not as it should be. */
export const harms: readonly string[] = ["corruptions", "wrong", "violations"];
