import type { PoolRequests, Reply } from "../../shared/protocol.js";
import { replyTo } from "../refusal.js";
import { watchExceptions } from "./exceptions.js";
import { locate } from "./symbols.js";
import { PoolConsole } from "./pool-requests.js";

const pool = new PoolConsole();

type Handlers = {
    [Name in keyof PoolRequests]: (payload: PoolRequests[Name]["request"]) => PoolRequests[Name]["response"];
};

const handlers: Handlers = {
    find: () => pool.find(),
    arm: () => pool.arm(),
    snapshot: () => pool.snapshot(),
    setActive: (active) => pool.setActive(active),
    reset: () => pool.reset(),
    sampleCallers: (oneIn) => pool.callers.sample(oneIn),
    callers: (from) => pool.callers.read(from),
    locate,
    gameState: () => pool.desk.gameState(),
    leaveWork: (work) => pool.desk.leave(work),
    workState: (ticket) => pool.desk.stateOf(ticket),
    cancelWork: (ticket) => pool.desk.cancel(ticket),
    log: (lines) => pool.log(lines),
    watchExceptions,
};

/** Answers a request about the pool of this process. */
export function answer(name: string, payload: unknown): Promise<Reply<unknown>> {
    return replyTo(() => {
        const handler = (handlers as Record<string, ((payload: never) => unknown) | undefined>)[name];
        if (handler === undefined) throw new Error(`the console knows no request "${name}"`);
        return handler(payload as never);
    });
}
