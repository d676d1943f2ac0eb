const steps = "▁▂▃▄▅▆▇█";

/** Numbers as a row of bars, scaled between the smallest and the largest; all alike are low. */
export function sparkline(values: readonly number[]): string {
    const lowest = Math.min(...values);
    const range = Math.max(...values) - lowest;
    return values
        .map((value) => steps[range === 0 ? 0 : Math.round(((value - lowest) / range) * (steps.length - 1))])
        .join("");
}
