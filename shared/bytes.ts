/** Bytes of one MB, as every command and document counts them. */
export const bytesPerMb = 1_048_576;

/** Bytes as MB with two decimals, without the unit. */
export function megabytes(bytes: number): string {
    return (bytes / bytesPerMb).toFixed(2);
}

/** A size in the largest unit that divides it: 48 B, 4 KB, 1 MB. */
export function size(bytes: number): string {
    const [divisor, unit] =
        bytes % bytesPerMb === 0 ? [bytesPerMb, "MB"] : bytes % 1024 === 0 ? [1024, "KB"] : [1, "B"];
    return `${bytes / divisor} ${unit}`;
}
