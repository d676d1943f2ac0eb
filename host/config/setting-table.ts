import type { EngineChoice } from "../frida/engine.js";
import { poolDefaults } from "./options.js";
import type { Layer, Reservation, Strategy } from "../../shared/protocol/install.js";
import { oneWord, pathTo, type ValueKind, wholeNumber, wordList } from "./value-kinds.js";

/** Headings of a configuration file, in the order of a written one. */
export type Section = "pool" | "groups";

/** All that is known about a setting. The parser, the written file, the help and the reports live on it. */
export interface SettingRow<Value, Option extends string = string> {
    readonly section: Section;
    /** Option of the command line that sets it, too. */
    readonly option?: Option;
    readonly kind: ValueKind<Value>;
    /** Null where it depends on the program. */
    readonly default: Value | null;
    /** What the default comes to, where the value alone does not say it. */
    readonly defaultMeans?: string;
    /** What it is, as the beginning of a sentence. */
    readonly summary: string;
    /** What one should know before changing it: lines of a comment. */
    readonly advice: readonly string[];
}

const { tuning } = poolDefaults;

/** One row for each setting, and no list of settings anywhere else. */
export const settingTable = {
    pool_size_mb: row({
        section: "pool",
        option: "pool-size",
        kind: wholeNumber("MB", 16, 1536, ", because one region holds 1.5 GB at most"),
        default: poolDefaults.poolSizeMb,
        summary: "wanted size of the pool",
        advice: [
            "Memory is taken from the system only as it is used. Where the program has no room",
            "for it, the pool gets smaller by itself. 1 MB is 1,048,576 bytes.",
        ],
    }),
    strategy: row({
        section: "pool",
        option: "strategy",
        kind: oneWord<Strategy>(["recycle", "bump"]),
        default: poolDefaults.strategy,
        summary: "how memory is handed out",
        advice: [
            "recycle uses freed memory again. bump never does, so it is full after a while and",
            "the program's own allocator takes over.",
        ],
    }),
    reserve: row({
        section: "pool",
        kind: oneWord<Reservation>(["whole", "segments"]),
        default: poolDefaults.reserve,
        summary: "whether the pool's address space is reserved as a whole or in segments as needed",
        advice: [
            "For a 32-bit game that has no room for the pool in one piece, or needs what the pool does",
            "not use: segments of 16 MB, high addresses first. What others take meanwhile is lost to",
            "the pool. Not with bump.",
        ],
    }),
    layers: row({
        section: "pool",
        option: "layers",
        kind: wordList<Layer>(["crt", "gameheap", "scrapheap"]),
        default: poolDefaults.layers,
        summary: "layers to hook, separated by commas",
        advice: [
            "crt is malloc, free and their relatives in the C runtime; gameheap is the game's own heap,",
            "which carries its load; scrapheap is for what it needs for a moment only. Those that a",
            "program does not have are left out.",
        ],
    }),
    game_console: row({
        section: "pool",
        kind: oneWord<"on" | "off">(["on", "off"]),
        default: poolDefaults.gameConsole ? ("on" as const) : ("off" as const),
        summary: "whether lines can be run on the console of a game",
        advice: [
            "For that, a function that the game calls once a frame is hooked. off leaves it alone; the",
            "commands RunConsole and LoadSave then do not work.",
        ],
    }),
    print_in_game: row({
        section: "pool",
        option: "print-in-game",
        kind: oneWord<"on" | "off">(["on", "off"]),
        default: poolDefaults.printInGame ? ("on" as const) : ("off" as const),
        summary: "whether what PrintC and GetMemoryPoolStats print appears on the console of a game, too",
        advice: ["The game prints a line a frame, as long as it runs frames and loads no saved game."],
    }),
    extra_patches: row({
        section: "pool",
        option: "extra-patches",
        kind: oneWord<"on" | "off">(["on", "off"]),
        default: poolDefaults.extraPatches ? ("on" as const) : ("off" as const),
        summary: "whether a game's own heaps are turned off as it is launched",
        advice: [
            "They then take no address space; but a full pool has nothing behind it except the game's",
            "C runtime. Only with poolnv launch, and only with the layers gameheap and scrapheap.",
        ],
    }),
    quarantine_mb: row({
        section: "pool",
        kind: wholeNumber("MB", 0, 512),
        default: tuning.quarantineMb,
        defaultMeans: "off",
        summary: "freed memory that rests before it is used again",
        advice: [
            "A program that goes on reading what it has freed then still finds what was there.",
            "Try 32 or 64 against crashes that come and go. It costs that much of the pool.",
        ],
    }),
    prefault_mb: row({
        section: "pool",
        kind: wholeNumber("MB", 0, 1536),
        default: tuning.prefaultMb,
        defaultMeans: "off",
        summary: "part of the pool that is made ready before the program goes on",
        advice: [
            "Starting takes longer, the first minutes stutter less, and that much memory is in use",
            "from the beginning. Not more than pool_size_mb.",
        ],
    }),
    trim_idle_s: row({
        section: "pool",
        kind: wholeNumber("seconds", 0, 86400),
        default: tuning.trimIdleSeconds,
        defaultMeans: "never",
        summary: "quiet time after which memory that is wholly free goes back to the system",
        advice: [
            "Quiet: the pool has not grown for that long. Live memory never moves. Good for programs",
            "that need much at times and then run for hours.",
        ],
    }),
    log: row({
        section: "pool",
        option: "log",
        kind: pathTo("file"),
        default: null,
        defaultMeans: "beside the program",
        summary: "log file",
        advice: [
            "A game has it in Data/NVSE/Plugins. Write a path without quotes: C:\\logs\\pool.log",
            "One without a drive or folder starts at the folder of this file.",
        ],
    }),
    engine: row({
        section: "pool",
        option: "engine",
        kind: oneWord<EngineChoice>(["auto", "binding", "python", "wine"]),
        default: poolDefaults.engine,
        summary: "which engine carries frida-core",
        advice: ["auto takes the one that suits the program."],
    }),
    wine_prefix: row({
        section: "pool",
        option: "wine-prefix",
        kind: pathTo("folder"),
        default: null,
        defaultMeans: "the program's own",
        summary: "Wine prefix of the program",
        advice: ["Only for programs under Wine or Proton."],
    }),
    small_mb: group("small", "requests of up to 244 bytes"),
    medium_mb: group("medium", "requests of up to 4 KB"),
    large_mb: group("large", "requests of up to 32 KB"),
    huge_mb: group("huge", "larger requests"),
};

function group(name: keyof typeof tuning.groupsMb, requests: string): SettingRow<number, never> {
    return row({
        section: "groups",
        kind: wholeNumber("MB", 0, 1536),
        default: tuning.groupsMb[name],
        defaultMeans: "the usual share",
        summary: `part of the pool for ${requests}`,
        advice: [],
    });
}

/** Ties the default to the kind, and remembers the option's name. */
function row<Value, Option extends string = never>(row: SettingRow<Value, Option>): SettingRow<Value, Option> {
    return row;
}
