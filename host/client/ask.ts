import type { PoolFacts } from "../../shared/protocol/pool.js";
import type { PoolRequests, ScriptRequests } from "../../shared/protocol/requests.js";
import type { EngineSession } from "../frida/engine.js";
import type { Symbols } from "../modules/symbols.js";
import { checkReply, checkScriptReply } from "./replies.js";
import type { Transport } from "./transport.js";

/**
 * Sends a request to the installer script and validates its reply.
 *
 * @throws UserError FORGED_POOL if the reply is invalid, and what the session throws
 */
export async function askScript<Name extends keyof ScriptRequests>(
    session: Pick<EngineSession, "request">,
    name: Name,
    payload: ScriptRequests[Name]["request"],
): Promise<ScriptRequests[Name]["response"]> {
    return checkScriptReply(name, await session.request(name, payload));
}

/**
 * Sends a request to a living pool and validates its reply.
 *
 * @throws UserError FORGED_POOL if the reply is invalid, and what the transport throws
 */
export async function ask<Name extends keyof PoolRequests>(
    transport: Pick<Transport, "request">,
    name: Name,
    payload: PoolRequests[Name]["request"],
): Promise<PoolRequests[Name]["response"]> {
    return checkReply(name, await transport.request(name, payload));
}

/** What the functions that carry out requests need of a `PoolClient`. */
export interface PoolRequester {
    /** The pool and its program, as they were found. */
    readonly facts: PoolFacts;
    /** Resolves once, when no request can be sent any more. */
    readonly ended: Promise<{ reason: string | null }>;
    /** Sends one request and validates its reply. Rejects with a UserError. */
    ask<Name extends keyof PoolRequests>(
        name: Name,
        payload: PoolRequests[Name]["request"],
    ): Promise<PoolRequests[Name]["response"]>;
    /** Modules and named functions of the program, from its files. */
    symbols(): Promise<Symbols>;
}
