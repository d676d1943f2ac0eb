import type { PoolOptions, Strategy } from "../../host/session/pool-session.js";

/** Fewer with bump, because attaching, dying and leaving are the same with both. */
export const usualRounds: Record<Strategy, number> = { recycle: 5, bump: 1 };

/** A pool for a program that allocates without end: with bump it runs dry under the eyes of the test. */
export function poolUnderLoad(strategy: Strategy): PoolOptions & { poolSizeMb: number } {
    return { strategy, poolSizeMb: strategy === "recycle" ? 1536 : 256 };
}

/** How often a repeated test repeats: as given, or so many times more as POOLNV_STRESS says. */
export function rounds(usual: number): number {
    const factor = Number(process.env["POOLNV_STRESS"] ?? "1");
    return Math.max(1, Math.round(usual * (Number.isFinite(factor) ? factor : 1)));
}
