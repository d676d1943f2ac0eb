import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { type LatencyAnswer, readLatencyAnswer, readRunAnswer, type RunAnswer } from "./run-answer.js";

/** How to start the program. */
export interface ProgramCommand {
    file: string;
    args: string[];
    env: Record<string, string>;
}

/** The measured process died, reported an error, or did not answer in time. */
export class ProgramFault extends Error {
    override readonly name = "ProgramFault";
}

const answerLimitMs = 180_000;

/** A running process of the benchmark, which takes one order a line. */
export class MeasuredProgram {
    #child: ChildProcessWithoutNullStreams;
    #lines: AsyncIterator<string, undefined>;
    #end: Promise<string>;

    /** Starts it and waits until it is ready. It gets its own process group: Ctrl-C reaches only the benchmark, which ends it. */
    static async start({ file, args, env }: ProgramCommand): Promise<MeasuredProgram> {
        const child = spawn(file, args, { env: { ...process.env, ...env }, detached: true });
        const program = new MeasuredProgram(child);
        const firstLine = await program.#order(null);
        if (firstLine === "ready") return program;
        program.kill();
        throw new ProgramFault(`the program said "${firstLine}" instead of "ready"`);
    }

    private constructor(child: ChildProcessWithoutNullStreams) {
        this.#child = child;
        this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
        this.#end = new Promise((resolve) => {
            child.once("error", (error) => resolve(error.message));
            child.once("exit", (code, signal) => {
                // Wine's services inherit the pipes and would keep us waiting for their end.
                for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
                resolve(signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`);
            });
        });
        child.stderr.resume();
        child.stdin.on("error", () => {});
    }

    /** Pid on this system, of the Wine loader where it is a Windows program. */
    get pid(): number {
        return this.#child.pid!;
    }

    /** Does the work of a workload, from the first allocation to the last free. */
    run(workload: string, seed: number, operations: number): Promise<RunAnswer> {
        return this.#work(`run ${workload} ${seed} ${operations}`, readRunAnswer);
    }

    /** The same up to the frees, which {@link release} does. */
    hold(workload: string, seed: number, operations: number): Promise<RunAnswer> {
        return this.#work(`hold ${workload} ${seed} ${operations}`, readRunAnswer);
    }

    /** Does the work of a workload twice and times each call of the second time. */
    measureLatency(workload: string, seed: number, operations: number): Promise<LatencyAnswer> {
        return this.#work(`latency ${workload} ${seed} ${operations}`, readLatencyAnswer);
    }

    async release(): Promise<void> {
        await this.#order("release");
    }

    /** Subtracts what is committed now from all later readings. */
    async baseline(): Promise<void> {
        await this.#order("baseline");
    }

    /** Kills it. */
    kill(): void {
        this.#child.kill("SIGKILL");
    }

    async #work<Answer extends { faults: number }>(order: string, read: (line: string) => Answer): Promise<Answer> {
        const answer = read(await this.#order(order));
        if (answer.faults > 0) {
            throw new ProgramFault(`${answer.faults} blocks did not hold what was written into them ("${order}")`);
        }
        return answer;
    }

    async #order(order: string | null): Promise<string> {
        if (order !== null) this.#child.stdin.write(order + "\n");
        const about = order === null ? "becoming ready" : `answering "${order}"`;
        const answer = await Promise.race([
            this.#lines.next().then(({ value, done }) => (done === true ? null : value.trim())),
            this.#end.then(() => null),
            this.#silence(about),
        ]);
        if (answer === null) throw new ProgramFault(`the program did not get to ${about}: ${await this.#end}`);
        if (answer.startsWith("error ")) throw new ProgramFault(`the program gave up ${about}: ${answer.slice(6)}`);
        return answer;
    }

    #silence(about: string): Promise<never> {
        return new Promise((_resolve, reject) => {
            const timer = setTimeout(() => {
                this.kill();
                reject(new ProgramFault(`the program was silent for ${answerLimitMs / 1000} s, ${about}`));
            }, answerLimitMs);
            timer.unref();
            void this.#end.then(() => clearTimeout(timer));
        });
    }
}
