import { distance } from "fastest-levenshtein";

/** The candidate somebody may have meant: one that contains the word, else one that is a few slips away. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
    const wanted = word.toLowerCase();
    const containing = candidates.find((candidate) => wanted.length > 2 && candidate.toLowerCase().includes(wanted));
    return containing ?? candidates.filter((name) => slips(wanted, name) <= name.length / 3).sort(bySlips(wanted))[0];
}

function bySlips(wanted: string): (left: string, right: string) => number {
    return (left, right) => slips(wanted, left) - slips(wanted, right);
}

function slips(wanted: string, candidate: string): number {
    return distance(wanted, candidate.toLowerCase());
}
