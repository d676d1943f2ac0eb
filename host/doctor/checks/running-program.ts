import { bytesPerMb, megabytes } from "../../../shared/bytes.js";
import type { connect } from "../../client/open.js";
import { UserError } from "../../errors.js";
import type { AddressSpace } from "../address-space.js";
import { error, type Finding, ok, warning } from "../finding.js";

/**
 * Checks whether the running program has its pool, with a request like that of `poolnv exec`.
 *
 * @throws UserError NO_SUCH_PROCESS, AMBIGUOUS_PROCESS
 */
export async function checkPool(target: string | number, ask: () => ReturnType<typeof connect>): Promise<Finding[]> {
    try {
        const session = await ask();
        const { poolBytes, strategy, layers } = session.facts;
        await session.close();
        const what = `${megabytes(poolBytes)} MB, ${strategy}, layers: ${layers.join(", ")}`;
        return [ok("pool", `the program has its pool: ${what}`)];
    } catch (reason) {
        if (!(reason instanceof UserError)) throw reason;
        if (["NO_SUCH_PROCESS", "AMBIGUOUS_PROCESS"].includes(reason.code)) throw reason;
        return reason.code === "NO_POOL"
            ? [ok("pool", `no pool installed; to install it, run: poolnv attach ${target}`)]
            : [error("pool", reason.message, reason.resolution)];
    }
}

/** Checks whether a pool has enough address space. */
export function checkAddressSpace({ limit, used, largestFree, largestReserved }: AddressSpace): Finding[] {
    const reserved = largestReserved > largestFree ? ` (${megabytes(largestReserved)} MB with reserved ranges)` : "";
    const free = `the largest free range has ${megabytes(largestFree)} MB${reserved}`;
    const message = `${megabytes(used)} MB of ${megabytes(limit)} MB are in use; ${free}`;
    return Math.max(largestFree, largestReserved) >= usefulBytes
        ? [ok("address-space", message)]
        : [
              warning(
                  "address-space",
                  message,
                  "Install the pool as the program starts, before its memory is in use: poolnv launch -- PROGRAM",
              ),
          ];
}

/** A smaller pool is hardly worth installing. */
const usefulBytes = 64 * bytesPerMb;
