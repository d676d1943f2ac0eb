import { realpathSync } from "node:fs";

import { withProcessLock } from "../process/process-lock.js";

/** Runs work on a game's folder while no other deploy of this user works on it. */
export function withDeployLock<T>(folder: string, report: (line: string) => void, work: () => T): Promise<T> {
    return withProcessLock(`deploy ${realpathSync(folder)}`, report, async () => work());
}
