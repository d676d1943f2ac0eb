import { megabytes } from "../../text/bytes.js";
import { type Finding, ok, warning } from "../finding.js";
import type { AddressSpace } from "../read-address-space.js";

/** Less than this in one piece, and a pool is hardly worth it. */
const SMALL = 64 * 1_048_576;

/** Whether there is room for a pool. */
export function checkAddressSpace(space: AddressSpace): Finding[] {
    const { limit, used, largestFree, largestReserved } = space;
    const room = `the largest free range has ${megabytes(largestFree)} MB`;
    const reserved =
        largestReserved > largestFree ? `, with what is only reserved ${megabytes(largestReserved)} MB` : "";
    const message = `${megabytes(used)} MB of ${megabytes(limit)} MB are in use; ${room}${reserved}`;
    return Math.max(largestFree, largestReserved) >= SMALL
        ? [ok("address-space", message)]
        : [warning("address-space", message, "Attach right after the program has started: poolnv launch -- PROGRAM")];
}
