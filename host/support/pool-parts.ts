import type { ToExamine } from "../doctor/examine.js";
import type { RunningProgram } from "../doctor/find-running.js";
import { UserError } from "../errors.js";
import { unixPath } from "../process/wine.js";
import { documentPart, type SupportPart } from "./bundle.js";
import { poolLogPart } from "./log-parts.js";

/** Facts, statistics and log of a program's pool. Empty if it has none, which doctor reports. */
export async function poolParts(
    running: RunningProgram,
    { process, engine, connect, onProgress }: ToExamine,
): Promise<SupportPart[]> {
    try {
        const session = await connect(running.pid ?? process!, { engine, onProgress });
        try {
            const { facts } = session;
            const statistics = await session.statistics();
            const log = facts.logFile === null ? null : pathHere(facts.logFile, running);
            return [
                documentPart("statistics.json", "the pool of the program", { facts, statistics }),
                ...(log === null ? [] : [poolLogPart(log)].filter((part) => part !== null)),
            ];
        } finally {
            await session.close();
        }
    } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return [];
    }
}

/** Turns a path that the program has given into one of this system. */
function pathHere(path: string, { engineFor }: RunningProgram): string | null {
    return engineFor === "native" ? path : unixPath({ path, prefix: engineFor.prefix, home: null }, null);
}
