import type { ConsoleRequests } from "../../agent/protocol.js";
import type { EngineSession } from "../engine/engine.js";
import { UserError } from "../errors.js";
import { replies } from "./replies.js";

/**
 * Asks the console agent, and believes nothing that does not have the promised shape.
 *
 * @throws UserError FORGED_POOL when the answer makes no sense
 */
export async function ask<Name extends keyof ConsoleRequests>(
    session: EngineSession,
    name: Name,
    request: ConsoleRequests[Name]["request"],
): Promise<ConsoleRequests[Name]["response"]> {
    const reply = replies[name].safeParse(await session.request(name, request));
    if (reply.success) return reply.data;
    const { path, message } = reply.error.issues[0]!;
    throw new UserError(
        "FORGED_POOL",
        `the program's pool answered "${name}" with nonsense (${path.join(".") || "value"}: ${message})`,
        "Restart the program: something has damaged the pool's control block, or only pretends to be one.",
    );
}
