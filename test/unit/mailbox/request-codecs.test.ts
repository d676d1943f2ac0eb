import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { requestByPost } from "../../../host/client/codec/request-by-post.js";
import { checkReply } from "../../../host/client/replies.js";
import { UserError } from "../../../host/errors.js";
import {
    controlLayout,
    controlMagic,
    mailboxDataBytes,
    mainThreadOps,
    mainThreadStates,
    residentExceptions,
    residentLoading,
    residentRequests,
    residentStatus,
    samplerPageBytes,
    samplerPageLayout,
    samplerRowLayout,
    snapshotClassesOffset,
} from "../../../shared/layout.js";
import type { PoolRequests } from "../../../shared/protocol/requests.js";
import { validControl } from "./valid-control.js";

interface Posted {
    code: number;
    data: Buffer;
}

/** The reply to a request whose posts are all answered with this data, and the posts. */
async function ask<Name extends keyof PoolRequests>(
    name: Name,
    payload: PoolRequests[Name]["request"],
    answer: Buffer,
    status: number = residentStatus.ok,
): Promise<{ reply: PoolRequests[Name]["response"]; posts: Posted[] }> {
    const posts: Posted[] = [];
    const value = await requestByPost(
        (code, data) => {
            posts.push({ code, data });
            return Promise.resolve({ status, data: answer });
        },
        name,
        payload,
    );
    return { reply: checkReply(name, value), posts };
}

function words(...values: number[]): Buffer {
    return Buffer.from(Uint32Array.from(values).buffer);
}

const text = "prints žluťoučký kůň";

describe("codec of requests", () => {
    it("codec: the facts of a pool are read from its control block", async () => {
        const { reply, posts } = await ask("find", null, validControl());
        assert.deepEqual(posts, [{ code: residentRequests.FACTS, data: Buffer.alloc(0) }]);
        assert.deepEqual(reply, {
            pid: 4711,
            arch: "ia32",
            platform: "windows",
            program: "C:\\Hry\\Fallout – náhrada\\FalloutNV.exe",
            strategy: "recycle",
            layers: ["crt", "gameheap"],
            poolBytes: 0x1000_0000,
            requestedBytes: 0x6000_0000,
            hooked: true,
            logFile: "C:\\log.txt",
            game: "falloutnv-1.4.0.525",
            hasMainThreadQueue: true,
        });
    });

    it("codec: a control block of another format is refused by name", async () => {
        const block = validControl((bytes) => bytes.writeUInt32LE(7, controlLayout.version.offset));
        await assert.rejects(ask("find", null, block), { code: "FOREIGN_VERSION", message: /format 7/ });
        assert.equal(validControl().toString("latin1", 0, controlMagic.length), controlMagic);
    });

    it("codec: a snapshot has the address space of 32-bit programs, and none in 64-bit ones", async () => {
        const head = (has: number) => Buffer.concat([words(100, 0, 90, 0, 80, 0, has, 1), Buffer.alloc(40)]);
        const space = { total: 100, free: 90, largest_hole: 80, is_lower_bound: true };
        const { reply } = await ask("snapshot", null, head(1));
        assert.deepEqual(reply, { bytes: new Uint8Array(40), address_space: space });
        assert.equal((await ask("snapshot", null, head(0))).reply.address_space, null);
        assert.ok(snapshotClassesOffset > 40);
    });

    it("codec: numbers and states", async () => {
        assert.equal((await ask("setActive", true, words(0))).reply, false);
        assert.deepEqual((await ask("setActive", true, words(1))).posts[0]!.data, words(1));
        assert.equal((await ask("reset", null, words(7, 0))).reply, 7);
        assert.equal((await ask("startSampler", 1000, words(500))).reply, 500);
        assert.deepEqual((await ask("namesakes", null, words(7, 4711))).reply, [7, 4711]);
        const state = await ask("gameState", null, words(12, residentLoading.noManager));
        assert.deepEqual(state.reply, { frames: 12, loading: null });
        assert.equal((await ask("gameState", null, words(12, residentLoading.yes))).reply.loading, true);
    });

    it("codec: work for the main thread", async () => {
        const { reply, posts } = await ask("queueWork", { kind: "print", text }, words(12));
        assert.equal(reply, 12);
        const [{ code, data }] = posts as [Posted];
        assert.equal(code, residentRequests.MAIN_THREAD);
        assert.deepEqual([data.readUInt32LE(0), data.readUInt32LE(4)], [mainThreadOps.print, 0]);
        assert.equal(data.toString("utf8", 8, data.indexOf(0, 8)), text);
        assert.equal((await ask("workState", 12, words(mainThreadStates.running))).reply, "running");
        assert.equal((await ask("workState", 12, words(0))).reply, "gone");
        assert.equal((await ask("cancelWork", 12, words(1))).reply, true);
        await assert.rejects(ask("queueWork", { kind: "run", text }, words(0)), { code: "MAIN_THREAD_QUEUE_FULL" });
    });

    it("codec: text that is longer than a slot of the main thread is cut, and terminated", async () => {
        const { posts } = await ask("queueWork", { kind: "run", text: "é".repeat(1000) }, words(1));
        const sent = posts[0]!.data.subarray(8);
        assert.equal(sent.at(-1), 0);
        assert.match(sent.toString("utf8").replace(/\0+$/, ""), /^é{255}$/);
    });

    it("codec: a page of the sampler", async () => {
        const page = Buffer.alloc(samplerPageBytes);
        page.writeUInt32LE(1000, samplerPageLayout.sample_interval);
        page.writeBigUInt64LE(9n, samplerPageLayout.samples);
        page.writeUInt32LE(64, samplerPageLayout.next);
        page.writeUInt32LE(1, samplerPageLayout.count);
        page.writeBigUInt64LE(0x7f00_1234_5678n, samplerPageLayout.rows + samplerRowLayout.chain);
        page.writeBigUInt64LE(0x40_1000n, samplerPageLayout.rows + samplerRowLayout.chain + 8);
        page.writeBigUInt64LE(5n, samplerPageLayout.rows + samplerRowLayout.samples);
        const { reply } = await ask("readSampler", 0, page);
        assert.deepEqual([reply.sampleInterval, reply.samples, reply.next], [1000, 9, 64]);
        assert.deepEqual(reply.rows, [{ chain: ["0x7f0012345678", "0x401000"], samples: 5, bytes: 0 }]);
    });

    it("codec: exceptions and modules", async () => {
        const seen = Buffer.concat([
            words(1, 0),
            words(residentExceptions.abort, 0, 0x401000, 0),
            Buffer.alloc(7 * 16),
        ]);
        const { reply } = await ask("exceptions", null, seen);
        assert.deepEqual(reply, { count: 1, recorded: [{ type: "abort", address: "0x00401000" }] });
        const path = Buffer.alloc(16);
        path.write("C:\\á.dll");
        const bytes = Buffer.byteLength("C:\\á.dll");
        const modules = Buffer.concat([
            words(2, 0),
            ...[1, 2].map((base) => Buffer.concat([words(base << 16, 0, 99, bytes), path])),
        ]);
        assert.deepEqual((await ask("modules", 0, modules)).reply, {
            modules: [1, 2].map((base) => ({ base: base << 16, bytes: 99, path: "C:\\á.dll" })),
            next: null,
        });
    });

    it("codec: lines of the log are sent whole, as many as a slot holds; control characters are shown, long lines cut", async () => {
        const lines = Array.from({ length: 300 }, (_, index) => `${index} ${"ř".repeat(20)}`);
        const { posts } = await ask("log", [...lines, "one\ntwo\x1b[0m", "é".repeat(5000)], Buffer.alloc(0));
        assert.ok(posts.length > 3 && posts.every(({ data }) => data.length <= mailboxDataBytes && data.at(-1) === 10));
        const sent = Buffer.concat(posts.map(({ data }) => data))
            .toString("utf8")
            .split("\n");
        assert.deepEqual(sent.slice(0, 301), [...lines, "one\\x0atwo\\x1b[0m"]);
        assert.match(sent[301]!, /^é{2031}$/);
        assert.equal((await ask("log", [], Buffer.alloc(0))).posts.length, 0);
    });

    it("codec: a request that the resident does not know names the older pool and what to do", async () => {
        await assert.rejects(ask("exceptions", null, Buffer.alloc(0), residentStatus.unknown), {
            code: "FOREIGN_VERSION",
            message: /installed by an older poolnv/,
            resolution: "Restart the program to have it.",
        });
    });

    it("codec: what only a game has is refused in other programs", async () => {
        const none = (name: "gameState" | "reset") => ask(name, null, Buffer.alloc(0), residentStatus.unavailable);
        await assert.rejects(none("gameState"), { name: "AgentRefusal", code: "NO_GAME_CONSOLE" });
        await assert.rejects(none("reset"), { code: "FORGED_POOL" });
    });

    const withAnswer: [keyof PoolRequests, Buffer][] = [
        ["find", validControl()],
        ["snapshot", Buffer.alloc(2000)],
        ["setActive", words(1)],
        ["reset", words(1, 0)],
        ["startSampler", words(1)],
        ["readSampler", Buffer.alloc(samplerPageBytes, 1)],
        ["gameState", words(1, 1)],
        ["queueWork", words(1)],
        ["exceptions", words(1, 0, 1, 0, 9, 0)],
        ["modules", words(2, 0, 1, 0, 9, 3, 97, 0)],
    ];
    for (const [name, answer] of withAnswer) {
        it(`codec: an answer to ${name} of any length is taken or refused as forged`, async () => {
            for (let length = 0; length < answer.length; length++) {
                const payload = name === "queueWork" ? { kind: "run", text: "" } : 0;
                await ask(name, payload as never, answer.subarray(0, length)).catch((error: unknown) => {
                    assert.ok(error instanceof UserError && error.code === "FORGED_POOL", String(error));
                });
            }
        });
    }

    it("codec: states and kinds that are unknown are refused as forged", async () => {
        const forged = { code: "FORGED_POOL" };
        await assert.rejects(ask("setActive", true, words(2)), forged);
        await assert.rejects(ask("gameState", null, words(1, 3)), forged);
        await assert.rejects(ask("exceptions", null, Buffer.concat([words(1, 0, 9, 0), Buffer.alloc(200)])), forged);
        await assert.rejects(ask("reset", null, words(0, 0xffff_ffff)), forged);
        await assert.rejects(ask("modules", 0, words(1, 0, 0, 0, 9, 0xffff_ffff)), forged);
        await assert.rejects(ask("reset", null, words(0, 0), 4711), forged);
    });
});
