import type { ToExamine } from "../doctor/examine.js";
import type { RunningProgram } from "../doctor/running-program.js";
import { UserError } from "../errors.js";
import { unixPath } from "../process/wine.js";
import { poolLogPart } from "./log-parts.js";
import { documentPart, type SupportPart } from "./support-part.js";

/** Facts, statistics and log of the pool that a program has. Where it has none, doctor has told so. */
export async function poolParts(
    running: RunningProgram,
    { process, engine, connect, onProgress }: ToExamine,
): Promise<SupportPart[]> {
    try {
        const session = await connect(running.pid ?? process!, { engine, onProgress });
        try {
            const { facts } = session;
            const statistics = await session.statistics();
            const log = facts.logFile === null ? null : ownPath(facts.logFile, running);
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

/** Where a file stands that the program names in the way of its own system. */
function ownPath(path: string, { engineTarget }: RunningProgram): string | null {
    return engineTarget === "native" ? path : unixPath({ path, prefix: engineTarget.prefix, home: null }, null);
}
