import { megabytes } from "../../shared/bytes.js";
import type { HistogramRow, PoolStatistics } from "../../shared/pool-statistics.js";
import type { PoolAddressSpace } from "../../shared/pool-statistics.js";
import type { PoolClient } from "../client/pool-client.js";
import { statisticsBlock } from "../text/statistics-block.js";
import { addressSpaceLines, histogramBars, layerLines } from "./statistics-lines.js";

/** A console command. Help, completion and the checks of arguments are generated from this table. */
export interface ConsoleCommand {
    name: string;
    parameters: readonly Parameter[];
    help: string;
    example: string;
    action: PoolAction | ReplAction;
}

/** A parameter of a command. */
export interface Parameter {
    /** Placeholder in the help. */
    name: string;
    /** The accepted words; or a file name or any text, which is the rest of the line. */
    accepts: readonly string[] | "file" | "text";
    isOptional?: boolean;
}

/** A command that asks the pool. */
export interface PoolAction {
    kind: "pool";
    run(pool: PoolClient, args: readonly string[]): Promise<CommandAnswer>;
}

/** A command of the REPL only. */
export interface ReplAction {
    kind: "run" | "watch" | "help" | "quit";
}

/** The result of a command. */
export interface CommandAnswer {
    /** The value of the command, as a number. */
    value: number;
    /** The value as the console prints it; default: the plain number. */
    text?: string;
    /** Lines shown above the value. */
    lines?: string[];
    /** What `--json` adds to the value. */
    details?:
        | { statistics: PoolStatistics }
        | { histogram: HistogramRow[] }
        | { by_layer: PoolStatistics["by_layer"] }
        | { address_space: PoolAddressSpace | null };
}

/** Every console command, in the order in which help lists them. */
export const consoleCommands: readonly ConsoleCommand[] = [
    {
        name: "IsMemoryPoolActive",
        parameters: [],
        help: "1 while new allocations go to the pool, else 0",
        example: "IsMemoryPoolActive >> 1",
        action: {
            kind: "pool",
            run: async (pool) => ({ value: Number(await pool.isMemoryPoolActive()) }),
        },
    },
    {
        name: "GetMemoryPoolUsage",
        parameters: [],
        help: "current usage in MB",
        example: "GetMemoryPoolUsage >> 487.23",
        action: {
            kind: "pool",
            run: async (pool) => {
                const text = (await pool.getMemoryPoolUsage()).toFixed(2);
                return { value: Number(text), text };
            },
        },
    },
    {
        name: "GetMemoryPoolStats",
        parameters: [],
        help: "number of pool allocations; shows and logs the statistics",
        example: "GetMemoryPoolStats >> 45782",
        action: {
            kind: "pool",
            run: async (pool) => {
                const statistics = await pool.getMemoryPoolStats();
                return { value: statistics.pool_allocs, lines: statisticsBlock(statistics), details: { statistics } };
            },
        },
    },
    {
        name: "GetMemoryPoolHistogram",
        parameters: [],
        help: "number of size classes in use; shows a bar for each",
        example: "GetMemoryPoolHistogram >> 31",
        action: {
            kind: "pool",
            run: async (pool) => {
                const histogram = await pool.getMemoryPoolHistogram();
                const value = histogram.filter((row) => row.live > 0).length;
                return { value, lines: histogramBars(histogram), details: { histogram } };
            },
        },
    },
    {
        name: "GetMemoryPoolLayers",
        parameters: [],
        help: "number of installed layers; shows what each asked the pool for",
        example: "GetMemoryPoolLayers >> 2",
        action: {
            kind: "pool",
            run: async (pool) => {
                const by_layer = await pool.getMemoryPoolLayers();
                return { value: Object.keys(by_layer).length, lines: layerLines(by_layer), details: { by_layer } };
            },
        },
    },
    {
        name: "GetMemoryPoolAddressSpace",
        parameters: [],
        help: "free address space of a 32-bit program in MB; shows the largest hole",
        example: "GetMemoryPoolAddressSpace >> 812.45",
        action: {
            kind: "pool",
            run: async (pool) => {
                const address_space = await pool.getMemoryPoolAddressSpace();
                const text = megabytes(address_space?.free ?? 0);
                return {
                    value: Number(text),
                    text,
                    lines: addressSpaceLines(address_space),
                    details: { address_space },
                };
            },
        },
    },
    {
        name: "SetMemoryPoolActive",
        parameters: [{ name: "0|1", accepts: ["0", "1"] }],
        help: "send new allocations elsewhere (0) or to the pool (1)",
        example: "SetMemoryPoolActive 0",
        action: {
            kind: "pool",
            run: async (pool, [state]) => ({ value: Number(await pool.setMemoryPoolActive(state === "1")) }),
        },
    },
    {
        name: "ResetMemoryPool",
        parameters: [],
        help: "bytes of wholly free memory given back; live blocks stay",
        example: "ResetMemoryPool >> 1048576",
        action: {
            kind: "pool",
            run: async (pool) => {
                const value = await pool.resetMemoryPool();
                return { value, lines: [`Given back: ${megabytes(value)} MB`] };
            },
        },
    },
    {
        name: "RunConsole",
        parameters: [{ name: "LINE", accepts: "text" }],
        help: "run a line on the console of a game; 1 if the game accepted it",
        example: 'RunConsole "player.additem f 100"',
        action: {
            kind: "pool",
            run: async (pool, [line]) => ({ value: Number(await pool.runConsole(line!)) }),
        },
    },
    {
        name: "LoadSave",
        parameters: [{ name: "NAME", accepts: "text" }],
        help: "load a saved game by its name and wait for it; 1 once it is loaded",
        example: "LoadSave quicksave",
        action: {
            kind: "pool",
            run: async (pool, [save]) => {
                const { name, milliseconds } = await pool.loadSave(save!);
                return { value: 1, lines: [`Loaded: ${name}, in ${(milliseconds / 1000).toFixed(1)} s`] };
            },
        },
    },
    {
        name: "run",
        parameters: [{ name: "FILE", accepts: "file" }],
        help: "run a diagnostic script",
        example: "run check.txt",
        action: { kind: "run" },
    },
    {
        name: "watch",
        parameters: [],
        help: "live view until Enter or Ctrl-C, on a terminal",
        example: "watch",
        action: { kind: "watch" },
    },
    {
        name: "help",
        parameters: [
            {
                name: "COMMAND",
                isOptional: true,
                get accepts() {
                    return consoleCommands.map(({ name }) => name);
                },
            },
        ],
        help: "this list, or more about one command",
        example: "help GetMemoryPoolStats",
        action: { kind: "help" },
    },
    {
        name: "quit",
        parameters: [],
        help: "leave; the program keeps its pool",
        example: "quit",
        action: { kind: "quit" },
    },
];

/** The commands that work outside the REPL, too. */
export const poolCommands = consoleCommands.filter((command) => command.action.kind === "pool");

/** The syntax of a command: `SetMemoryPoolActive 0|1`. */
export function signature({ name, parameters }: ConsoleCommand): string {
    return [name, ...parameters.map((one) => (one.isOptional === true ? `[${one.name}]` : one.name))].join(" ");
}

/** The help of one command. */
export function explain(command: ConsoleCommand): string[] {
    return [`${signature(command)}  ${command.help}`, `For example: ${command.example}`];
}

/** The list of commands, one line each. */
export function commandHelp(commands: readonly ConsoleCommand[]): string[] {
    const width = Math.max(...commands.map((command) => signature(command).length));
    return commands.map((command) => `${signature(command).padEnd(width)}  ${command.help}`);
}
