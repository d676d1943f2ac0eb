/**
 * The resident script: prepares the pool, is eternalized and stays. It writes no hooks itself: the session script does that
 * through the control block, at a time when the end of the host can no longer unload this script.
 */
import type { PrepareRequest } from "../shared/protocol/install.js";
import type { AgentExports } from "../shared/protocol/requests.js";
import { giveBackPrepared, prepare } from "./install/prepare.js";
import { replyTo } from "./refusal.js";

const agent: AgentExports = {
    request: (name, payload) =>
        replyTo(() => {
            if (name !== "prepare") throw new Error(`the resident script has no request "${name}"`);
            return prepare(payload as PrepareRequest);
        }),
};

/** Frida calls `dispose` when the script is unloaded, which never happens to an eternalized one. */
rpc.exports = { request: agent.request, dispose: giveBackPrepared };
