import { megabytes } from "../../text/bytes.js";
import { UserError } from "../../errors.js";
import type { connect } from "../../client/open.js";
import { error, type Finding, ok } from "../finding.js";

/**
 * Whether the running program has its pool. Asks as `poolnv exec` does.
 *
 * @throws UserError NO_SUCH_PROCESS, AMBIGUOUS_PROCESS
 */
export async function checkPool(target: string | number, ask: () => ReturnType<typeof connect>): Promise<Finding[]> {
    try {
        const session = await ask();
        const { poolBytes, strategy, layers } = session.facts;
        await session.close();
        return [ok("pool", `it has its pool: ${megabytes(poolBytes)} MB, ${strategy}, layers: ${layers.join(", ")}`)];
    } catch (reason) {
        if (!(reason instanceof UserError)) throw reason;
        if (["NO_SUCH_PROCESS", "AMBIGUOUS_PROCESS"].includes(reason.code)) throw reason;
        return reason.code === "NO_POOL"
            ? [ok("pool", `it has no pool yet; it gets one by: poolnv attach ${target}`)]
            : [error("pool", reason.message, reason.resolution)];
    }
}
