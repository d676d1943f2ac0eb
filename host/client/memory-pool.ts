import type { AddressSpace, InstallReport, PoolFacts, PoolOptions, PoolSession } from "./pool-session.js";
import type { HistogramRow, PoolStatistics } from "./pool-statistics.js";
import { type TopCallers, topCallers, type TopOptions } from "./sampling/top-callers.js";
import { doWork } from "./main-thread/run-on-main-thread.js";
import { GameEcho } from "./main-thread/game-echo.js";
import { type LoadedSave, loadSave } from "./main-thread/load-save.js";
import { poolDefaults } from "../config/pool-options.js";
import { bytesPerMb } from "../text/bytes.js";
import { statisticsBlock } from "../text/statistics-block.js";

/** The address space of a 32-bit program, and what the pool has of it, in bytes. */
export type PoolAddressSpace = AddressSpace & Pick<PoolStatistics, "pool_size" | "committed">;

/**
 * The pool of one program: the console commands as typed methods.
 *
 * @example
 * const pool = await attach("FalloutNV.exe");
 * console.log(await pool.getMemoryPoolUsage(), "MB");
 * await pool.close(); // the program goes on with its pool
 */
export class MemoryPool {
    readonly #session: PoolSession;
    readonly #echo: GameEcho | null;

    constructor(session: PoolSession, options: Pick<PoolOptions, "printInGame" | "onProgress"> = {}) {
        const { printInGame = poolDefaults.printInGame, onProgress = () => {} } = options;
        this.#session = session;
        this.#echo = printInGame ? new GameEcho(session, onProgress) : null;
    }

    /** What is known of the pool and its program. */
    get facts(): PoolFacts {
        return this.#session.facts;
    }

    /** How the pool came to be under the program. */
    get install(): InstallReport {
        return this.#session.install;
    }

    /** Which engine carries this conversation, and its frida version; null: none, the pool answers by itself. */
    get engine(): { kind: string; version: string } | null {
        return this.#session.engine;
    }

    /** Resolves once, when the conversation ends; `reason` is null after {@link MemoryPool.close}. */
    get ended(): Promise<{ reason: string | null }> {
        return this.#session.ended;
    }

    /** Whether new allocations go to the pool. */
    async isMemoryPoolActive(): Promise<boolean> {
        return (await this.#session.statistics()).active === 1;
    }

    /** Current usage in MB (1 MB = 1,048,576 bytes), not rounded. */
    async getMemoryPoolUsage(): Promise<number> {
        return (await this.#session.statistics()).current_used / bytesPerMb;
    }

    /**
     * The statistics. Also writes them to the pool's log, as the console command does, and to the console of the game where
     * that is wanted (`printInGame`).
     */
    async getMemoryPoolStats(): Promise<PoolStatistics> {
        const statistics = await this.#session.statistics();
        await this.#session.log(statisticsBlock(statistics));
        await this.repeatInGame(statisticsBlock(statistics));
        return statistics;
    }

    /** What each installed layer asked the pool for. */
    async getMemoryPoolLayers(): Promise<PoolStatistics["by_layer"]> {
        return (await this.#session.statistics()).by_layer;
    }

    /** The address space of a 32-bit program, and what the pool has of it. Null in 64-bit programs. */
    async getMemoryPoolAddressSpace(): Promise<PoolAddressSpace | null> {
        const { address_space, pool_size, committed } = await this.#session.statistics();
        return address_space === null ? null : { ...address_space, pool_size, committed };
    }

    /** The statistics, without a note in the log: for whoever asks often. */
    statistics(): Promise<PoolStatistics> {
        return this.#session.statistics();
    }

    /**
     * Runs a line on the console of a game, by the game's main thread.
     *
     * @returns whether the game says that it did it
     */
    runConsole(line: string): Promise<boolean> {
        return doWork(this.#session, { kind: "run", text: line });
    }

    /** Prints a text to the console of a game. */
    async printInGame(text: string): Promise<void> {
        await doWork(this.#session, { kind: "print", text });
    }

    /**
     * Repeats lines that were printed on the console of the game, where that is wanted (`printInGame`); long ones in pieces.
     * Where the game does not print them, that is told as a warning, once until it goes on.
     */
    async repeatInGame(lines: readonly string[]): Promise<void> {
        await this.#echo?.print(lines);
    }

    /** Loads a saved game by its name, without `.fos`, and waits until that is done. */
    loadSave(name: string): Promise<LoadedSave> {
        return loadSave(this.#session, name);
    }

    /** Samples for a while who asks for memory, and tells where that code lies. */
    topCallers(options?: TopOptions): Promise<TopCallers> {
        return topCallers(this.#session, options);
    }

    /** Live and total blocks of each size class. */
    async getMemoryPoolHistogram(): Promise<HistogramRow[]> {
        return (await this.#session.statistics()).histogram;
    }

    /**
     * Sends new allocations to the pool, or elsewhere. Live pool blocks stay valid either way.
     *
     * @returns the new state
     */
    setMemoryPoolActive(active: boolean): Promise<boolean> {
        return this.#session.setActive(active);
    }

    /**
     * Gives wholly free memory back. Never moves or frees a live block.
     *
     * @returns bytes given back
     */
    resetMemoryPool(): Promise<number> {
        return this.#session.reset();
    }

    /** Ends the conversation and leaves the program running with its pool. Idempotent. */
    close(): Promise<void> {
        return this.#session.close();
    }
}
