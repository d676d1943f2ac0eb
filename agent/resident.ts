/**
 * The core agent: prepares the pool, is eternalized, and stays for ever. It hooks nothing itself: the console arms what
 * is prepared here through the control block, when the host may no longer take the core with it.
 */
import type { AgentExports, PrepareRequest } from "../shared/protocol.js";
import { replyTo } from "./refusal.js";
import { forgetPrepared, prepare } from "./install/prepare.js";

const agent: AgentExports = {
    request: (name, payload) =>
        replyTo(() => {
            if (name !== "prepare") throw new Error(`the core knows no request "${name}"`);
            return prepare(payload as PrepareRequest);
        }),
};

/** Frida calls `dispose` when the script is unloaded, which happens only to one that was not eternalized. */
rpc.exports = { request: agent.request, dispose: forgetPrepared };
