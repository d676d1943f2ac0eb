import { residentStatus } from "../../../shared/layout.js";
import type { PoolRequests } from "../../../shared/protocol/requests.js";
import { UserError } from "../../errors.js";
import { AgentRefusal } from "../../frida/engine.js";
import { forgedPool } from "../replies.js";
import { DataReader } from "./data-reader.js";
import { type RequestCodec, requestCodecs } from "./request-codecs.js";

/** An answer of a resident. Untrusted. */
export interface PostedAnswer {
    /** `residentStatus`, unless it is forged. */
    status: number;
    data: Buffer;
}

/** Puts one request into a mailbox and waits for the answer. */
export type Post = (code: number, data: Buffer) => Promise<PostedAnswer>;

/**
 * Sends a request as one post or more.
 *
 * @returns the value of the reply, not validated
 * @throws UserError FOREIGN_VERSION, FORGED_POOL; AgentRefusal; and what `post` throws
 */
export async function requestByPost(post: Post, name: string, payload: unknown): Promise<unknown> {
    const codec = requestCodecs[name as keyof PoolRequests] as RequestCodec;
    let reader = new DataReader(Buffer.alloc(0), name);
    for (const data of codec.encode(payload as never)) {
        reader = new DataReader(dataOf(name, await post(codec.code, data)), name);
    }
    return codec.decode(reader, payload as never);
}

function dataOf(name: string, { status, data }: PostedAnswer): Buffer {
    switch (status) {
        case residentStatus.ok:
            return data;
        case residentStatus.unknown:
            throw olderPool(name);
        case residentStatus.unavailable:
            if (!needsGame.includes(name)) throw forgedPool(`has no answer to "${name}" in this program`);
            throw new AgentRefusal("NO_GAME_CONSOLE", "this program has no console that poolnv can reach", undefined);
        default:
            throw forgedPool(`refused the request "${name}" (status ${status})`);
    }
}

/** Requests that only a game with a main-thread queue can answer. */
const needsGame: readonly string[] = ["gameState", "queueWork", "workState", "cancelWork"];

function olderPool(name: string): UserError {
    return new UserError(
        "FOREIGN_VERSION",
        `the pool in the program was installed by an older poolnv, which can't do that ("${name}")`,
        "Restart the program to have it.",
    );
}
