import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import type { Target } from "./targets.js";
import { threadStates } from "./thread-states.js";
import { tidyingMs } from "./tidying.js";

/** How long a victim may take to end when it is told to. */
const endingMs = 10_000;

/** How long it may take for an order, in milliseconds, on a machine with other work. */
const orderMs = 180_000;

/** A victim that runs, and does not answer. */
export class VictimHangs extends Error {}

/** The program of `test/targets/victim.c`, obeying one order a line. */
export class Victim {
    /** File name of its program. */
    readonly processName: string;
    /** Resolves to its exit code; null: a signal ended it. */
    readonly exited: Promise<number | null>;
    #ending: string | null = null;
    #lastWords = "";
    #child: ChildProcessWithoutNullStreams;
    #answers: AsyncIterator<string, undefined>;

    /** Starts it on a target and waits until it is ready. */
    static async start(target: Pick<Target, "victim" | "command">): Promise<Victim> {
        const { file, args, env } = target.command(target.victim);
        const victim = new Victim(basename(target.victim), spawn(file, args, { env: { ...process.env, ...env } }));
        await victim.#expect("ready");
        return victim;
    }

    private constructor(processName: string, child: ChildProcessWithoutNullStreams) {
        this.processName = processName;
        this.#child = child;
        this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
        this.exited = new Promise((resolve) =>
            child.once("exit", (code, signal) => {
                this.#ending ??= `${signal ?? `exit code ${code}`}${this.#lastWords === "" ? "" : `, its last words: ${this.#lastWords}`}`;
                // Wine's services inherit the pipes and would keep us waiting for their end.
                for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
                resolve(code);
            }),
        );
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
            this.#lastWords = (this.#lastWords + text).slice(-500);
        });
        child.stdin.on("error", () => {});
    }

    /** Linux pid, of the Wine loader where the victim is a Windows program. */
    get pid(): number {
        return this.#child.pid!;
    }

    /** How it ended, in words; null while it runs. */
    get ending(): string | null {
        return this.#ending;
    }

    /** Gives a victim that may be dying the time to do so. */
    async settle(): Promise<void> {
        await Promise.race([this.exited, pause(1000)]);
    }

    /**
     * Gives an order and returns its answer.
     *
     * @throws {VictimHangs} where none comes in time
     */
    async order(order: string, limitMs = orderMs): Promise<string> {
        this.#child.stdin.write(order + "\n");
        const { value, done } = await this.#answerWithin(limitMs, order);
        if (done === true) {
            await this.exited;
            throw new Error(`the victim ended (${this.#ending}) instead of answering "${order}"`);
        }
        return value.trim();
    }

    /** Gives an order whose answer is a list of `name=number`. */
    async numbers(order: string, limitMs = orderMs): Promise<Record<string, number>> {
        const answer = await this.order(order, limitMs);
        return Object.fromEntries(
            answer.split(" ").map((pair) => {
                const [name, value] = pair.split("=");
                return [name ?? "", Number(value)] as const;
            }),
        );
    }

    /**
     * Ends it politely, once Frida has surely tidied up after a visit (README, limits).
     *
     * @param restMs time for that; 0 where Frida was not there
     * @returns its exit code
     */
    async quit(restMs = tidyingMs): Promise<number | null> {
        await pause(restMs);
        this.#child.stdin.write("quit\n");
        this.#child.stdin.end();
        const timeout = setTimeout(() => {
            this.#ending ??= `no end within ${endingMs / 1000} s`;
            this.kill();
        }, endingMs);
        const code = await this.exited;
        clearTimeout(timeout);
        return code;
    }

    kill(): void {
        this.#child.kill("SIGKILL");
    }

    async #answerWithin(milliseconds: number, order: string): Promise<IteratorResult<string, undefined>> {
        const answered = new AbortController();
        const late = pause(milliseconds, null, { signal: answered.signal }).then(() => {
            const states = threadStates(this.pid);
            throw new VictimHangs(`no answer to "${order}" within ${milliseconds / 1000} s; its threads: ${states}`);
        });
        try {
            return await Promise.race([this.#answers.next(), late]);
        } finally {
            answered.abort();
            late.catch(() => {});
        }
    }

    async #expect(line: string): Promise<void> {
        const { value, done } = await this.#answers.next();
        if (done === true || value.trim() !== line) throw new Error(`the victim said ${String(value)}`);
    }
}
