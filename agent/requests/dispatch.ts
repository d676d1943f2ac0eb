import type { PoolRequests, Reply } from "../../shared/protocol/requests.js";
import { platform } from "../process/platform/index.js";
import { replyTo } from "../refusal.js";
import { watchExceptions } from "./exceptions.js";
import { LivingPool } from "./living-pool.js";
import { symbolize } from "./symbols.js";

/** Answers a request about the pool of this process. */
export function answer(name: string, payload: unknown): Promise<Reply<unknown>> {
    return replyTo(() => {
        const handler = (handlers as Record<string, ((payload: never) => unknown) | undefined>)[name];
        if (handler === undefined) throw new Error(`unknown request "${name}"`);
        return handler(payload as never);
    });
}

const pool = new LivingPool();

type Handlers = {
    [Name in keyof PoolRequests]: (payload: PoolRequests[Name]["request"]) => PoolRequests[Name]["response"];
};

const handlers: Handlers = {
    find: () => pool.find(),
    namesakes: () => platform().namesakes(),
    writeHooks: () => pool.writeHooks(),
    snapshot: () => pool.snapshot(),
    setActive: (active) => pool.setActive(active),
    reset: () => pool.reset(),
    startSampler: (sampleInterval) => pool.sampler.start(sampleInterval),
    readSampler: (from) => pool.sampler.read(from),
    symbolize,
    gameState: () => pool.mainThread.gameState(),
    queueWork: (work) => pool.mainThread.queue(work),
    workState: (ticket) => pool.mainThread.stateOf(ticket),
    cancelWork: (ticket) => pool.mainThread.cancel(ticket),
    log: (lines) => pool.log(lines),
    watchExceptions,
};
