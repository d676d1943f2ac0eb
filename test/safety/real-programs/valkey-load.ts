import { isDeepStrictEqual } from "node:util";
import { Random } from "../trial.js";
import type { ValkeyClient } from "./valkey-server.js";

/** Commands that are on their way at a time. */
const batch = 40;
/** Keys of each type that a connection has to itself. */
const keys = 150;
/** Elements of a list and fields of a hash, at most. */
const longest = 40;

type Value = string | string[] | Record<string, string>;

/** One connection that changes keys of its own and knows what must be in them. */
export class ValkeyLoad {
    readonly #client: ValkeyClient;
    readonly #random: Random;
    readonly #prefix: string;
    readonly #known = new Map<string, Value>();
    /** What was answered and should not have been. */
    readonly mismatches: string[] = [];
    commands = 0;
    #stopping = false;
    #work: Promise<void> = Promise.resolve();

    /** @param name no other connection to the same server has it */
    constructor(client: ValkeyClient, name: string, seed: number) {
        this.#client = client;
        this.#prefix = name;
        this.#random = new Random(seed);
    }

    /** How many keys there must be. */
    get size(): number {
        return this.#known.size;
    }

    begin(): void {
        this.#stopping = false;
        this.#work = this.#run();
        this.#work.catch(() => {}); // thrown by rest()
    }

    /** Stops once all answers are there. */
    async rest(): Promise<void> {
        this.#stopping = true;
        await this.#work;
    }

    /** Reads every key, those that must not be there too. */
    async verify(client: ValkeyClient): Promise<void> {
        for (let key = 0; key < keys; key++) {
            await Promise.all(
                (["string", "list", "hash"] as const).map((type) =>
                    this.#check(client, `${this.#prefix}:${type}:${key}`),
                ),
            );
        }
    }

    async #run(): Promise<void> {
        while (!this.#stopping) {
            await Promise.all(Array.from({ length: batch }, () => this.#step()));
            this.commands += batch;
        }
    }

    /** One command, and what is known of its key afterwards: a server answers one connection in its own order. */
    #step(): Promise<unknown> {
        const type = (["string", "string", "list", "hash"] as const)[this.#random.between(0, 3)]!;
        const key = `${this.#prefix}:${type}:${this.#random.between(0, keys - 1)}`;
        const what = this.#random.between(0, 9);
        if (what === 0) {
            this.#known.delete(key);
            return this.#client.unlink(key); // frees in a thread of its own
        }
        if (what === 1) return this.#check(this.#client, key);
        const text = this.#text();
        switch (type) {
            case "string":
                if (what <= 6) {
                    this.#known.set(key, text);
                    return this.#client.set(key, text);
                }
                this.#known.set(key, ((this.#known.get(key) as string | undefined) ?? "") + text);
                return this.#shorten(key, this.#client.append(key, text));
            case "list":
                this.#known.set(key, [...((this.#known.get(key) as string[] | undefined) ?? []), text].slice(-longest));
                return Promise.all([this.#client.rPush(key, text), this.#client.lTrim(key, -longest, -1)]);
            case "hash": {
                const field = `field ${this.#random.between(0, longest - 1)}`;
                this.#known.set(key, {
                    ...(this.#known.get(key) as Record<string, string> | undefined),
                    [field]: text,
                });
                return this.#client.hSet(key, field, text);
            }
        }
    }

    /** A string that was appended to often is begun anew. */
    #shorten(key: string, sent: Promise<unknown>): Promise<unknown> {
        if ((this.#known.get(key) as string).length < 100_000) return sent;
        this.#known.delete(key);
        return Promise.all([sent, this.#client.del(key)]);
    }

    async #check(client: ValkeyClient, key: string): Promise<void> {
        const expected = this.#known.get(key);
        const type = key.split(":")[1];
        let found: Value | null;
        if (type === "string") found = await client.get(key);
        else if (type === "list") found = await client.lRange(key, 0, -1);
        else found = { ...(await client.hGetAll(key)) };
        const nothing = type === "string" ? null : type === "list" ? [] : {};
        if (!isDeepStrictEqual(found, expected ?? nothing)) {
            this.mismatches.push(`${key}: ${shown(found)} instead of ${shown(expected ?? nothing)}`);
        }
    }

    #text(): string {
        const length =
            this.#random.between(0, 19) === 0 ? this.#random.between(1000, 20_000) : this.#random.between(1, 300);
        const word = this.#random.between(0, 0x7fffffff).toString(36);
        return word.repeat(Math.ceil(length / word.length)).slice(0, length);
    }
}

function shown(value: Value | null): string {
    const text = JSON.stringify(value);
    return text.length > 200 ? `${text.slice(0, 200)}... (${text.length} characters)` : text;
}
