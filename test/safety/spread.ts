/** Median of some numbers; NaN of none. */
export function median(numbers: readonly number[]): number {
    const sorted = [...numbers].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** "2.1 ms (median), 12.0 ms (longest)" */
export function spreadText(milliseconds: readonly number[]): string {
    return `${median(milliseconds).toFixed(1)} ms (median), ${Math.max(...milliseconds).toFixed(1)} ms (longest)`;
}
