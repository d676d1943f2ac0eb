import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { metadataBytes } from "../../shared/layout.js";
import { attach } from "../../host/client/open.js";
import type { PoolClient } from "../../host/client/pool-client.js";
import type { PoolStatistics } from "../../shared/pool-statistics.js";
import type { BenchAgent } from "./bench-agent.js";
import type { Contestant } from "./contestants.js";
import { MeasuredProgram, ProgramFault } from "./measured-program.js";
import type { RunAnswer } from "./run-answer.js";
import { isMissing, type PreparedTarget } from "./workshop.js";

/** Where competitors are started. */
export interface Arena {
    readonly target: PreparedTarget;
    readonly agent: BenchAgent;
    /** A folder of the run's own. */
    readonly folder: string;
}

let startedSoFar = 0;

/** A program with a contestant under it, waiting for orders. */
export class Competitor {
    /** What the pool had committed for itself before the program's first allocation, and what it already held. */
    #poolBytesBefore = 0;
    #usedBefore = 0;
    /** On Windows what is committed counts as memory, on Linux only what was touched. */
    readonly #countsCommitted: boolean;

    private constructor(
        readonly contestant: Contestant,
        readonly program: MeasuredProgram,
        readonly file: string,
        readonly session: PoolClient | null,
        target: PreparedTarget,
    ) {
        this.#countsCommitted = target.wine !== null;
    }

    /** Starts the program and puts the contestant under it; from here on it waits on its standard input. */
    static async start(contestant: Contestant, { target, agent, folder }: Arena): Promise<Competitor> {
        const name = `bench-${process.pid}-${++startedSoFar}-${contestant.name}.exe`;
        const file = join(folder, name);
        await copyFile(target.program, file);
        const program = await MeasuredProgram.start(commandOf(contestant, target, file));
        try {
            const session = await putUnder(contestant, { pid: program.pid, name }, program, target, agent);
            const competitor = new Competitor(contestant, program, file, session, target);
            await competitor.#takeBaseline();
            return competitor;
        } catch (error) {
            program.kill();
            throw error;
        }
    }

    async run(workload: string, seed: number, operations: number): Promise<RunAnswer> {
        return this.#withPool(await this.program.run(workload, seed, operations));
    }

    /** Requests that the pool could not serve, and what it has committed; null where there is no pool. */
    async poolFacts(): Promise<{ fallbacks: number; committedBytes: number } | null> {
        const statistics = await this.statistics();
        if (statistics === null) return null;
        const committedBytes = this.#countsCommitted ? committedBy(statistics) : 0;
        return { fallbacks: statistics.fallback_allocs, committedBytes };
    }

    /** Counters of the pool, or null where there is none. */
    async statistics(): Promise<PoolStatistics | null> {
        return this.session === null ? null : this.session.statistics();
    }

    /** What the program's blocks take in the pool while a workload stands still, and what it asked for. */
    async measureOverhead(workload: string, seed: number, operations: number): Promise<number | null> {
        if (this.session === null) return null;
        const { live_bytes } = await this.program.hold(workload, seed, operations);
        const { current_used } = await this.session.statistics();
        await this.program.release();
        return (current_used - this.#usedBefore) / live_bytes - 1;
    }

    /** Ends the program. */
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

    /** The reading before the work was taken with the pool in place: what it had committed by then counts as its own. */
    #withPool(answer: RunAnswer): RunAnswer {
        return {
            ...answer,
            committed_bytes: answer.committed_bytes + this.#poolBytesBefore,
            peak_bytes: answer.peak_bytes + this.#poolBytesBefore,
        };
    }
}

/** Its region and its own tables, in a 32-bit program: only there it is asked for. */
function committedBy({ committed, pool_limit }: PoolStatistics): number {
    return committed + metadataBytes(pool_limit, 4);
}

function commandOf({ means }: Contestant, target: PreparedTarget, file: string) {
    if (means.kind === "floor") return target.command(file, ["--floor"]);
    const peer = means.kind === "peer" ? target.peers.get(means.peer) : undefined;
    if (peer === undefined || isMissing(peer)) return target.command(file, []);
    const command = target.command(file, peer.args);
    return { ...command, env: { ...command.env, ...peer.env } };
}

async function putUnder(
    { means }: Contestant,
    identity: { pid: number; name: string },
    program: MeasuredProgram,
    target: PreparedTarget,
    agent: BenchAgent,
): Promise<PoolClient | null> {
    switch (means.kind) {
        case "plain":
        case "peer":
            return null;
        case "floor":
            await agent.request(identity, "emptyFloor", await program.addresses());
            return null;
        case "pool":
            return attach(target.wine === null ? identity.pid : identity.name, { strategy: means.strategy });
        case "interceptor": {
            const session = await attach(target.wine === null ? identity.pid : identity.name);
            const led = await agent.request(identity, "replaceThrough", null);
            if (led.length < 3) throw new ProgramFault(`only ${led.join(", ")} could be led through the interceptor`);
            return session;
        }
    }
}
