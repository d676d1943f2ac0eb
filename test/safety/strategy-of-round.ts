import type { PoolOptions } from "../../host/config/pool-options.js";
import type { Strategy } from "../../shared/protocol/install.js";

/** Every sixth round has bump: attaching and detaching are the same with both. */
export function strategyOfRound(round: number): Strategy {
    return round % 6 === 5 ? "bump" : "recycle";
}

/** A pool for a program that allocates without end: with bump it is used up during the test. */
export function poolUnderLoad(strategy: Strategy): PoolOptions & { poolSizeMb: number; strategy: Strategy } {
    return { strategy, poolSizeMb: strategy === "recycle" ? 1536 : 256 };
}
