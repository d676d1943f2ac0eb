/** How often a repeated test repeats: as given, or so many times more as POOLNV_STRESS says. */
export function rounds(usual: number): number {
    const factor = Number(process.env["POOLNV_STRESS"] ?? "1");
    return Math.max(1, Math.round(usual * (Number.isFinite(factor) ? factor : 1)));
}
