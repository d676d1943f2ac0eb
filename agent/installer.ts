/**
 * The script that a host loads to install the pool, or to reach one that it reaches in no other way. It leaves nothing of
 * Frida behind: what stays is code, tables and a thread of the program's own.
 */
import type { AgentExports, ScriptRequests } from "../shared/protocol/requests.js";
import { giveBackPrepared, prepare, writeHooks } from "./install/prepare.js";
import { platform } from "./process/platform/index.js";
import { replyTo } from "./refusal.js";
import { findFacts, revive } from "./requests/living-pool.js";
import { post } from "./requests/post.js";

type Handlers = {
    [Name in keyof ScriptRequests]: (
        payload: ScriptRequests[Name]["request"],
    ) => ScriptRequests[Name]["response"] | Promise<ScriptRequests[Name]["response"]>;
};

const handlers: Handlers = {
    find: findFacts,
    prepare,
    writeHooks,
    revive,
    post,
    namesakes: () => platform().namesakes(),
};

const agent: AgentExports = {
    request: (name, payload) =>
        replyTo(() => {
            const handler = (handlers as Record<string, ((payload: never) => unknown) | undefined>)[name];
            if (handler === undefined) throw new Error(`unknown request "${name}"`);
            return handler(payload as never);
        }),
};

/** Frida calls `dispose` when the script is unloaded, also because its host has ended. */
rpc.exports = { request: agent.request, dispose: giveBackPrepared };
