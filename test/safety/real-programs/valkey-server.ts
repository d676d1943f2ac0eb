import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@redis/client";
import { pollUntil } from "../../../host/process/poll.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";

/** Longer than starting, saving or ending takes on a busy machine, in milliseconds. */
const patienceMs = 60_000;

/**
 * Every way in which it uses threads and forks: reads, writes and frees spread over four threads at any load, a log of
 * all changes, and nothing saved without a command.
 */
const settings = {
    port: "0",
    "io-threads": "4",
    "events-per-io-thread": "0",
    appendonly: "yes",
    save: "",
    "enable-debug-command": "yes",
};

/** A client for {@link ValkeyServer}. */
export type ValkeyClient = Awaited<ReturnType<ValkeyServer["connect"]>>;

/** A running Valkey, with a folder of its own or with that of one that ended before. */
export class ValkeyServer {
    readonly folder: string;
    readonly #child: ChildProcess;
    readonly #exited: Promise<void>;
    #ending: string | null = null;

    /** Starts one and waits until it can be connected to. */
    static async start(program: string, folder = mkdtempSync(join(tmpdir(), "poolnv-valkey-"))): Promise<ValkeyServer> {
        const server = new ValkeyServer(program, folder);
        await server.#until("Valkey is ready", () => /Ready to accept connections/.test(server.log));
        return server;
    }

    private constructor(program: string, folder: string) {
        this.folder = folder;
        rmSync(join(folder, "log"), { force: true });
        const args = Object.entries({ ...settings, dir: folder, unixsocket: this.#socket, logfile: "log" });
        this.#child = spawn(program, args.map(([name, value]) => [`--${name}`, value]).flat(), {
            cwd: folder,
            stdio: "ignore",
        });
        this.#exited = new Promise((resolve) =>
            this.#child.once("exit", (code, signal) => {
                this.#ending = signal ?? `exit code ${code}`;
                resolve();
            }),
        );
    }

    get pid(): number {
        return this.#child.pid!;
    }

    /** How it ended, in words; null while it runs. */
    get ending(): string | null {
        return this.#ending;
    }

    /** Content of its log. */
    get log(): string {
        try {
            return readFileSync(join(this.folder, "log"), "utf8");
        } catch {
            return "";
        }
    }

    /** A new connection. Its errors reject the commands that wait for an answer. */
    async connect() {
        const client = createClient({ socket: { path: this.#socket, tls: false, reconnectStrategy: false } });
        client.on("error", () => {});
        await client.connect();
        return client;
    }

    /** Its own figures, by name. */
    async info(client: ValkeyClient): Promise<Map<string, string>> {
        const lines = (await client.info("everything")).split("\r\n");
        return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
    }

    /** Runs a command in the background and waits until its child process has done it. */
    async inBackground(client: ValkeyClient, command: "BGSAVE" | "BGREWRITEAOF"): Promise<void> {
        const [running, status] =
            command === "BGSAVE"
                ? ["rdb_bgsave_in_progress", "rdb_last_bgsave_status"]
                : ["aof_rewrite_in_progress", "aof_last_bgrewrite_status"];
        await client.sendCommand([command]);
        const done = async (): Promise<Map<string, string> | null> => {
            const info = await this.info(client);
            return info.get(running) === "0" && info.get("aof_rewrite_scheduled") === "0" ? info : null;
        };
        const info = await pollUntil(done, { everyMs: 20, limitMs: patienceMs });
        if (info === null) throw new Error(`${command} does not come to an end`);
        if (info.get(status) !== "ok") throw new Error(`${command} ended with ${info.get(status)}`);
    }

    /** Has it save and end; resolves to how it ended. */
    async shutDown(client: ValkeyClient): Promise<string> {
        await client.sendCommand(["SHUTDOWN", "SAVE"]).catch(() => {}); // its answer is that the connection ends
        await this.#until("Valkey ends", () => this.#ending !== null);
        return this.#ending!;
    }

    async kill(): Promise<void> {
        this.#child.kill("SIGKILL");
        await this.#exited;
    }

    get #socket(): string {
        return join(this.folder, "socket");
    }

    async #until(what: string, holds: () => boolean): Promise<void> {
        await waitUntil(what, () => holds() || this.#ending !== null, patienceMs);
        if (!holds()) throw new Error(`${what}: it ended (${this.#ending})\n${this.log.slice(-2000)}`);
    }
}
