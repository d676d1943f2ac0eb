import { bytesPerMb } from "../../shared/bytes.js";
import type { HistogramRow, PoolAddressSpace, PoolStatistics } from "../../shared/pool-statistics.js";
import type { PoolFacts, SeenException } from "../../shared/protocol/pool.js";
import type { PoolRequests } from "../../shared/protocol/requests.js";
import { poolDefaults, type PoolOptions } from "../config/pool-options.js";
import type { Symbols } from "../modules/symbols.js";
import { statisticsBlock } from "../text/statistics-block.js";
import { ask, type PoolRequester } from "./ask.js";
import type { Installed, InstallReport } from "./install.js";
import { GameEcho } from "./main-thread/game-echo.js";
import { type LoadedSave, loadSave } from "./main-thread/load-save.js";
import { runOnMainThread } from "./main-thread/run-on-main-thread.js";
import { readSnapshot } from "./read-snapshot.js";
import { openProgramSymbols } from "./sampling/program-symbols.js";
import { type TopCallers, topCallers, type TopOptions } from "./sampling/top-callers.js";
import { translateErrors } from "./translate-errors.js";
import { endSentences, type Transport } from "./transport.js";
import { watchExceptions } from "./watch-exceptions.js";

/**
 * The pool of one program: the console commands as typed methods. Closing a client never ends the pool. Every method
 * rejects with a UserError: TARGET_GONE once the program has ended, NOT_ANSWERING, FORGED_POOL, ENGINE_DIED.
 *
 * @example
 * const pool = await attach("FalloutNV.exe");
 * console.log(await pool.getMemoryPoolUsage(), "MB");
 * await pool.close(); // the program goes on with its pool
 */
export class PoolClient implements PoolRequester {
    /** The pool and its program, as they were found. */
    readonly facts: PoolFacts;
    /** How the pool was installed. */
    readonly install: InstallReport;
    /** The engine that installed or reached the pool, with its version of Frida; null if none was needed. */
    readonly engine: { readonly kind: string; readonly version: string } | null;
    /** Resolves once, when no request can be sent any more; `reason` is null after {@link PoolClient.close}. */
    readonly ended: Promise<{ reason: string | null }>;
    readonly #transport: Transport;
    readonly #toHostPath: (path: string) => string | null;
    #symbols: Promise<Symbols> | null = null;
    readonly #echo: GameEcho | null;
    #closing: Promise<void> | null = null;

    constructor(
        transport: Transport,
        { facts, install, engine, toHostPath = () => null }: Installed & PlaceOfFiles,
        { printInGame = poolDefaults.printInGame, onProgress = () => {} }: ClientOptions = {},
    ) {
        this.#transport = transport;
        this.facts = facts;
        this.install = install;
        this.engine = engine;
        this.#toHostPath = toHostPath;
        this.ended = transport.ended.then((reason) => ({
            reason: this.#closing === null ? endSentences[reason] : null,
        }));
        this.#echo = printInGame ? new GameEcho(this, onProgress) : null;
    }

    /**
     * Sends one request of the protocol to the program. The methods below are built on it.
     *
     * @param name of the request
     * @param payload of the type that the protocol demands for this name
     * @returns the validated reply
     */
    ask<Name extends keyof PoolRequests>(
        name: Name,
        payload: PoolRequests[Name]["request"],
    ): Promise<PoolRequests[Name]["response"]> {
        return translateErrors(() => ask(this.#transport, name, payload));
    }

    /** Whether new allocations go to the pool. */
    async isMemoryPoolActive(): Promise<boolean> {
        return (await this.statistics()).active === 1;
    }

    /** Current usage in MB (1 MB = 1,048,576 bytes), not rounded. */
    async getMemoryPoolUsage(): Promise<number> {
        return (await this.statistics()).current_used / bytesPerMb;
    }

    /**
     * The statistics. Also writes them to the pool's log, as the console command does, and with `printInGame` to the
     * console of the game.
     */
    async getMemoryPoolStats(): Promise<PoolStatistics> {
        const statistics = await this.statistics();
        await this.log(statisticsBlock(statistics));
        await this.repeatInGame(statisticsBlock(statistics));
        return statistics;
    }

    /** The statistics, without an entry in the log: for frequent reads. */
    statistics(): Promise<PoolStatistics> {
        return translateErrors(async () => readSnapshot(await ask(this.#transport, "snapshot", null), this.facts));
    }

    /** Counters of each installed layer. */
    async getMemoryPoolLayers(): Promise<PoolStatistics["by_layer"]> {
        return (await this.statistics()).by_layer;
    }

    /** The address space of a 32-bit program, and the pool's part of it. Null in 64-bit programs. */
    async getMemoryPoolAddressSpace(): Promise<PoolAddressSpace | null> {
        const { address_space, pool_size, committed } = await this.statistics();
        return address_space === null ? null : { ...address_space, pool_size, committed };
    }

    /** Live and total blocks of each size class. */
    async getMemoryPoolHistogram(): Promise<HistogramRow[]> {
        return (await this.statistics()).histogram;
    }

    /**
     * Sends new allocations to the pool, or to the original. Live pool blocks stay valid either way.
     *
     * @returns the new state
     */
    setMemoryPoolActive(active: boolean): Promise<boolean> {
        return this.ask("setActive", active);
    }

    /**
     * Returns wholly free memory to the system. Never moves or frees a live block.
     *
     * @returns the number of bytes returned
     */
    resetMemoryPool(): Promise<number> {
        return this.ask("reset", null);
    }

    /** Samples calls for a while and groups them by the code that asked for memory. */
    topCallers(options?: TopOptions): Promise<TopCallers> {
        return topCallers(this, options);
    }

    /**
     * Runs a line on the console of a game, on the game's main thread.
     *
     * @returns whether the game reports success
     * @throws UserError NO_GAME_CONSOLE, USAGE
     */
    runConsole(line: string): Promise<boolean> {
        return runOnMainThread(this, { kind: "run", text: line });
    }

    /**
     * Prints a text to the console of a game.
     *
     * @throws UserError NO_GAME_CONSOLE, USAGE
     */
    async printInGame(text: string): Promise<void> {
        await runOnMainThread(this, { kind: "print", text });
    }

    /**
     * With `printInGame`, repeats printed lines on the console of the game, long ones in pieces. A game that does not
     * print them costs one warning until it prints again.
     */
    async repeatInGame(lines: readonly string[]): Promise<void> {
        await this.#echo?.print(lines);
    }

    /**
     * Loads a saved game and waits until it is loaded.
     *
     * @param name of the save's file, without `.fos`
     * @throws UserError BAD_SAVE, NO_GAME_CONSOLE
     */
    loadSave(name: string): Promise<LoadedSave> {
        return loadSave(this, name);
    }

    /** Appends lines to the pool's log, each with a time stamp. */
    async log(lines: string[]): Promise<void> {
        await this.ask("log", lines);
    }

    /** Modules and named functions of the program, which this host reads from its files. */
    symbols(): Promise<Symbols> {
        this.#symbols ??= openProgramSymbols(this, this.#toHostPath);
        return this.#symbols;
    }

    /** Calls the listener with each exception that the program raises, whether it is handled or not. */
    watchExceptions(listener: (seen: SeenException) => void): Promise<void> {
        return watchExceptions(this, listener);
    }

    /** Leaves the program running with its pool. Idempotent. */
    close(): Promise<void> {
        this.#closing ??= this.#transport.close();
        return this.#closing;
    }
}

/** Options of a client. */
type ClientOptions = Pick<PoolOptions, "printInGame" | "onProgress">;

/** How the host reaches the files that the program names. */
interface PlaceOfFiles {
    /** Null if there is no such file, or if it is not known where it is. */
    toHostPath?: (path: string) => string | null;
}
