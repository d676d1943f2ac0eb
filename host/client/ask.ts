import type { PoolRequests } from "../../shared/protocol.js";
import type { EngineSession } from "../frida/engine.js";
import { checkReply } from "./replies.js";

/**
 * Asks the console agent, and believes nothing that does not have the promised shape.
 *
 * @throws UserError FORGED_POOL when the answer makes no sense
 */
export async function ask<Name extends keyof PoolRequests>(
    session: Pick<EngineSession, "request">,
    name: Name,
    request: PoolRequests[Name]["request"],
): Promise<PoolRequests[Name]["response"]> {
    return checkReply(name, await session.request(name, request));
}
