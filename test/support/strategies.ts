import type { Strategy } from "../../host/session/pool-session.js";

/** Both ways in which a pool hands memory out. */
export const strategies: readonly Strategy[] = ["recycle", "bump"];
