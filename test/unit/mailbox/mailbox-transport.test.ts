import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { MailboxTransport } from "../../../host/client/mailbox/mailbox-transport.js";
import { UserError } from "../../../host/errors.js";
import {
    mailboxBodyLayout,
    mailboxDataBytes,
    mailboxSlotLayout,
    residentRequests,
    residentStatus,
} from "../../../shared/layout.js";
import { type Answering, MailboxInMemory, type Slot } from "./mailbox-in-memory.js";

/** Answers START_SAMPLER with the interval that was asked for. */
const echoing: Answering = ({ code, data }) =>
    code === residentRequests.START_SAMPLER ? { status: residentStatus.ok, data } : null;

async function withHost<T>(
    mailbox: MailboxInMemory,
    work: (host: MailboxTransport) => Promise<T>,
    limitMs = 5_000,
): Promise<T> {
    const host = new MailboxTransport(mailbox.open(), limitMs);
    try {
        return await work(host);
    } finally {
        await host.close();
    }
}

/** Writes to a slot as another host does. */
function takeSlot(slot: Slot, upTo: "body" | "number"): void {
    slot.write(4711n, residentRequests.RESET, Buffer.alloc(0));
    if (upTo === "number") slot.request = 4711n;
}

const isPosted = (offset: number): boolean => offset === mailboxSlotLayout.request;

describe("MailboxTransport", () => {
    it("MailboxTransport posts a request and returns the answer", async () => {
        const mailbox = new MailboxInMemory(echoing);
        assert.equal(await withHost(mailbox, (host) => host.request("startSampler", 4711)), 4711);
        assert.equal(mailbox.answered.size, 1);
    });

    it("MailboxTransport answers two hosts with twenty requests each at once, each with its own answer", async () => {
        const mailbox = new MailboxInMemory(echoing, 2);
        await withHost(mailbox, (one) =>
            withHost(mailbox, async (other) => {
                const numbers = Array.from({ length: 20 }, (_, index) => index);
                const ask = (host: MailboxTransport, first: number) =>
                    Promise.all(numbers.map((number) => host.request("startSampler", first + number)));
                const [ones, others] = await Promise.all([ask(one, 0), ask(other, 1000)]);
                assert.deepEqual(ones, numbers);
                assert.deepEqual(
                    others,
                    numbers.map((number) => 1000 + number),
                );
            }),
        );
    });

    it("MailboxTransport uses one slot for requests one after the other", async () => {
        const mailbox = new MailboxInMemory(echoing);
        const slots = new Set<number>();
        mailbox.afterWrite = ({ index }) => slots.add(index);
        await withHost(mailbox, async (host) => {
            for (let round = 0; round < 20; round++) await host.request("startSampler", round);
        });
        assert.equal(slots.size, 1);
    });

    for (const upTo of ["body", "number"] as const) {
        it(`MailboxTransport posts again if another host overwrites the slot up to its ${upTo}`, async () => {
            const mailbox = new MailboxInMemory(echoing, 5);
            let taken = 0;
            mailbox.afterWrite = (slot, offset) => {
                if (isPosted(offset) && taken++ < 3) takeSlot(slot, upTo);
            };
            assert.equal(await withHost(mailbox, (host) => host.request("startSampler", 7)), 7);
            assert.equal(taken, 4);
        });
    }

    it("MailboxTransport does not take an answer that another host overwrites while it is read", async () => {
        const mailbox = new MailboxInMemory(echoing);
        let taken = 0;
        mailbox.beforeRead = (slot, offset) => {
            if (offset === mailboxSlotLayout.body + mailboxBodyLayout.data && taken++ === 0) takeSlot(slot, "body");
        };
        assert.equal(await withHost(mailbox, (host) => host.request("startSampler", 7)), 7);
        assert.equal(taken, 2);
    });

    it("MailboxTransport does not take the answers of earlier requests in the slot", async () => {
        const mailbox = new MailboxInMemory(({ data }) => ({ status: residentStatus.ok, data }), 30);
        for (let index = 0; index < 16; index++) {
            mailbox.afterWrite = (slot, offset) => {
                if (isPosted(offset)) slot.answer = 4711n;
            };
        }
        assert.equal(await withHost(mailbox, (host) => host.request("startSampler", 7)), 7);
    });

    it("MailboxTransport wakes a resident again that has missed it", async () => {
        const mailbox: MailboxInMemory = new MailboxInMemory((request) =>
            mailbox.wakes < 2 ? null : echoing(request),
        );
        assert.equal(await withHost(mailbox, (host) => host.request("startSampler", 7)), 7);
        assert.equal(mailbox.wakes, 2);
    });

    it("MailboxTransport gives up a mailbox that does not answer, after the limit", async () => {
        const mailbox = new MailboxInMemory(() => null);
        const started = performance.now();
        await withHost(
            mailbox,
            (host) => assert.rejects(host.request("reset", null), /did not answer within 1 s/),
            300,
        );
        assert.ok(performance.now() - started < 2_000);
    });

    for (const [what, forge] of [
        ["sends more bytes than a slot has", (slot: Slot) => slot.write(slot.request, 0, Buffer.alloc(8), 2 ** 32 - 1)],
        ["sends one byte too many", (slot: Slot) => slot.write(slot.request, 0, Buffer.alloc(8), mailboxDataBytes + 1)],
        ["answers with another number", (slot: Slot) => slot.write(slot.request + 1n, 0, Buffer.alloc(8))],
        ["removes requests", (slot: Slot) => (slot.request = 0n)],
    ] as const) {
        it(`MailboxTransport gives up a mailbox that ${what}`, async () => {
            const mailbox = new MailboxInMemory(() => null);
            mailbox.afterWrite = (slot, offset) => {
                if (!isPosted(offset)) return;
                const number = slot.request;
                forge(slot);
                slot.answer = number;
            };
            await withHost(
                mailbox,
                (host) => assert.rejects(host.request("reset", null), { message: /sends only invalid answers/ }),
                300,
            );
        });
    }

    it("MailboxTransport refuses answers of noise with an error of the user's, or takes them as values", async () => {
        let seed = 4711;
        const noise = (): number => (seed = (seed * 1103515245 + 12345) % 2 ** 31) >> 8;
        const mailbox = new MailboxInMemory(() => ({
            status: noise() % 5,
            data: Buffer.from(Array.from({ length: noise() % 200 }, () => noise() % 256)),
        }));
        await withHost(mailbox, async (host) => {
            const names = ["find", "snapshot", "readSampler", "exceptions", "modules", "gameState", "workState"];
            for (let round = 0; round < 300; round++) {
                await host.request(names[round % names.length]!, 0).catch((error: unknown) => {
                    const { name } = error as Error;
                    assert.ok(error instanceof UserError || name === "AgentRefusal", String(error));
                });
            }
        });
    });

    it("MailboxTransport reports the end of the program during a request, and by itself", async () => {
        const mailbox = new MailboxInMemory(() => null);
        await withHost(mailbox, async (host) => {
            const asked = host.request("reset", null);
            await pause(10);
            mailbox.runs = false;
            await assert.rejects(asked, { code: "TARGET_GONE" });
            assert.equal(await host.ended, "process-terminated");
        });
    });
});
