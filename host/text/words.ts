import { distance } from "fastest-levenshtein";

/** A list in a sentence: `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[]): string {
    return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** The candidate that a mistyped word probably means: one that contains it, else the closest by edit distance. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
    const typed = word.toLowerCase();
    const edits = (candidate: string): number => distance(typed, candidate.toLowerCase());
    const containing = candidates.find((candidate) => typed.length > 2 && candidate.toLowerCase().includes(typed));
    return (
        containing ??
        candidates
            .filter((candidate) => edits(candidate) <= candidate.length / 3)
            .sort((left, right) => edits(left) - edits(right))[0]
    );
}
