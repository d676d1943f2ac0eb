import { copyFileSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { attach } from "../../host/client/open.js";
import type { PoolClient } from "../../host/client/pool-client.js";
import { metadataBytes } from "../../shared/layout.js";
import type { PoolStatistics } from "../../shared/pool-statistics.js";
import type { Allocator } from "./allocators.js";
import { MeasuredProgram, ProgramFault } from "./measured-program.js";
import { isMissing, type PreparedTarget } from "./prepared-target.js";
import type { LatencyAnswer, RunAnswer } from "./run-answer.js";

/** What the subjects of one platform share. */
export interface Workbench {
    readonly target: PreparedTarget;
    /** Scratch folder of this run. */
    readonly folder: string;
}

let startedSoFar = 0;

/** A process with an allocator under it, waiting for orders on its standard input. */
export class Subject {
    /** Bytes that the pool had committed, and that were in use in it, before the first workload. */
    #poolBytesBefore = 0;
    #usedBefore = 0;
    /** Windows charges committed memory, Linux resident memory. */
    readonly #countsCommitted: boolean;

    private constructor(
        readonly allocator: Allocator,
        readonly program: MeasuredProgram,
        readonly file: string,
        readonly session: PoolClient | null,
        target: PreparedTarget,
    ) {
        this.#countsCommitted = target.wine !== null;
    }

    /** Starts the process and puts the allocator under it. */
    static async start(allocator: Allocator, { target, folder }: Workbench): Promise<Subject> {
        const name = `bench-${process.pid}-${++startedSoFar}-${allocator.name}.exe`;
        const file = join(folder, name);
        // Synchronous: a process that is forked meanwhile would hold the file open for writing, and it could not be started.
        copyFileSync(target.program, file);
        const program = await MeasuredProgram.start(commandOf(allocator, target, file));
        try {
            if (target.wine === null) requirePreloaded(program.pid, allocator, target);
            const session =
                allocator.means.kind === "pool"
                    ? await attach(target.wine === null ? program.pid : name, { strategy: allocator.means.strategy })
                    : null;
            const subject = new Subject(allocator, program, file, session, target);
            await subject.#takeBaseline();
            return subject;
        } catch (error) {
            program.kill();
            throw error;
        }
    }

    async run(workload: string, seed: number, operations: number): Promise<RunAnswer> {
        return this.#withPool(await this.program.run(workload, seed, operations));
    }

    async measureLatency(workload: string, seed: number, operations: number): Promise<LatencyAnswer> {
        return this.program.measureLatency(workload, seed, operations);
    }

    /** Fallback allocations and committed bytes of the pool; null without one. */
    async poolFacts(): Promise<{ fallbacks: number; committedBytes: number } | null> {
        const statistics = await this.statistics();
        if (statistics === null) return null;
        const committedBytes = this.#countsCommitted ? committedBy(statistics) : 0;
        return { fallbacks: statistics.fallback_allocs, committedBytes };
    }

    /** Counters of the pool; null without one. */
    async statistics(): Promise<PoolStatistics | null> {
        return this.session === null ? null : this.session.statistics();
    }

    /** Header and padding bytes by requested bytes while a workload holds its blocks; null without a pool. */
    async measureOverhead(workload: string, seed: number, operations: number): Promise<number | null> {
        if (this.session === null) return null;
        const { live_bytes } = await this.program.hold(workload, seed, operations);
        const { current_used } = await this.session.statistics();
        await this.program.release();
        return (current_used - this.#usedBefore) / live_bytes - 1;
    }

    /** Kills the process. */
    async close(): Promise<void> {
        this.program.kill();
        await this.session?.close();
        await rm(this.file, { force: true });
    }

    async #takeBaseline(): Promise<void> {
        const statistics = await this.statistics();
        if (statistics !== null && this.#countsCommitted) this.#poolBytesBefore = committedBy(statistics);
        this.#usedBefore = statistics?.current_used ?? 0;
        await this.program.baseline();
    }

    /** The process took its baseline with the pool in place: what the pool had committed by then is added. */
    #withPool(answer: RunAnswer): RunAnswer {
        return {
            ...answer,
            committed_bytes: answer.committed_bytes + this.#poolBytesBefore,
            peak_bytes: answer.peak_bytes + this.#poolBytesBefore,
        };
    }
}

/** Region and metadata of a 32-bit program. */
function committedBy({ committed, pool_limit }: PoolStatistics): number {
    return committed + metadataBytes(pool_limit, 4);
}

function commandOf({ means }: Allocator, target: PreparedTarget, file: string) {
    if (means.kind === "baseline") return target.command(file, ["--baseline"]);
    if (means.kind !== "peer") return target.command(file, []);
    const peer = target.peers.get(means.peer);
    if (peer === undefined || isMissing(peer)) throw new ProgramFault(`${means.peer} was not prepared`);
    const command = target.command(file, peer.args);
    return { ...command, env: { ...command.env, ...peer.env } };
}

/** The loader of Linux goes on without a library that it can't preload: the C runtime would be measured in its place. */
function requirePreloaded(pid: number, { means }: Allocator, { peers }: PreparedTarget): void {
    const peer = means.kind === "peer" ? peers.get(means.peer) : undefined;
    const library = peer === undefined || isMissing(peer) ? undefined : peer.env["LD_PRELOAD"];
    if (library === undefined) return;
    const [name] = basename(library).split(".so"); // the map names what the link leads to
    if (!readFileSync(`/proc/${pid}/maps`, "utf8").includes(`/${name}.so`)) {
        throw new ProgramFault(`${library} was not loaded into the program`);
    }
}
