/** The session script: loaded by a host for one session, finds the living pool and answers requests about it. */
import type { AgentExports } from "../shared/protocol/requests.js";
import { answer } from "./requests/dispatch.js";

const agent: AgentExports = { request: answer };

rpc.exports = { request: agent.request };
