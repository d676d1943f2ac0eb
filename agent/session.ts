/** The console agent: comes with a host and goes with it, finds the living pool and speaks for it. */
import type { AgentExports } from "../shared/protocol.js";
import { answer } from "./requests/dispatch.js";

const agent: AgentExports = { request: answer };

rpc.exports = { request: agent.request };
