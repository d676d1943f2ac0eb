import type { Layer, Reservation, Strategy } from "../../shared/protocol/install.js";
import type { EngineChoice } from "../frida/engine.js";
import { poolDefaults } from "./pool-options.js";
import { oneWord, pathTo, textEncoding, type ValueKind, wholeNumber, wordList } from "./value-kinds.js";

/** Headings of a configuration file. */
export type Section = "pool" | "groups" | "saves";

/** Comments below each heading of a written file, in the order of the headings. */
export const sectionNotes: Record<Section, readonly string[]> = {
    pool: [],
    groups: [
        "The pool can be divided among groups of block sizes. A group that is full borrows from",
        "the others. All four together must not exceed pool_size_mb.",
    ],
    saves: ["For poolnv saves and poolnv loadtest."],
};

export const sections = Object.keys(sectionNotes) as Section[];

/** One setting. The parser, the written file, the help and the reports are generated from these rows. */
export interface SettingRow<Value, Option extends string = string> {
    readonly section: Section;
    /** Command line option that sets it, too. */
    readonly option?: Option;
    readonly kind: ValueKind<Value>;
    /** Null if it depends on the program. */
    readonly default: Value | null;
    /** Meaning of the default, if the value alone does not say it. */
    readonly defaultMeans?: string;
    /** Short description that begins a sentence, in lower case. */
    readonly summary: string;
    /** Advice for users: lines of a comment. */
    readonly advice: readonly string[];
}

const { tuning } = poolDefaults;

/** One row for each setting: the only list of settings. */
export const settingTable = {
    pool_size_mb: row({
        section: "pool",
        option: "pool-size",
        kind: wholeNumber("MB", 16, 1536, ", because one region holds 1.5 GB at most"),
        default: poolDefaults.poolSizeMb,
        summary: "wanted size of the pool",
        advice: [
            "Memory is committed only as it is used. If the program's address space has no room for",
            "it, the pool gets smaller. 1 MB is 1,048,576 bytes.",
        ],
    }),
    strategy: row({
        section: "pool",
        option: "strategy",
        kind: oneWord<Strategy>(["recycle", "bump"]),
        default: poolDefaults.strategy,
        summary: "how memory is handed out",
        advice: [
            "recycle reuses freed memory. bump never does: when it is full, the program's own",
            "allocator takes over.",
        ],
    }),
    reserve: row({
        section: "pool",
        kind: oneWord<Reservation>(["whole", "segments"]),
        default: poolDefaults.reserve,
        summary: "reserve the pool's address space as a whole, or in segments as needed",
        advice: [
            "segments is for a 32-bit game that has no hole of the pool's size, or that needs the",
            "address space which the pool does not use: segments of 16 MB, high addresses first.",
            "Address space that the game takes first is lost to the pool. Not with bump.",
        ],
    }),
    layers: row({
        section: "pool",
        option: "layers",
        kind: wordList<Layer>(["crt", "gameheap", "scrapheap"]),
        default: poolDefaults.layers,
        summary: "layers to hook, separated by commas",
        advice: [
            "crt: malloc, free and related functions of the C runtime. gameheap: the game's own heap,",
            "which serves most of its allocations. scrapheap: its heap for short-lived memory. Layers",
            "that the program does not have are left out.",
        ],
    }),
    game_console: row({
        section: "pool",
        kind: oneWord<"on" | "off">(["on", "off"]),
        default: poolDefaults.gameConsole ? ("on" as const) : ("off" as const),
        summary: "allow lines to be run on the console of a game",
        advice: [
            "on hooks a function that the game calls once a frame. With off it is not hooked, and the",
            "commands RunConsole and LoadSave do not work.",
        ],
    }),
    print_in_game: row({
        section: "pool",
        option: "print-in-game",
        kind: oneWord<"on" | "off">(["on", "off"]),
        default: poolDefaults.printInGame ? ("on" as const) : ("off" as const),
        summary: "print lines of PrintC and GetMemoryPoolStats on the console of a game, too",
        advice: ["The game prints one line a frame while it runs frames and is not loading a saved game."],
    }),
    extra_patches: row({
        section: "pool",
        option: "extra-patches",
        kind: oneWord<"on" | "off">(["on", "off"]),
        default: poolDefaults.extraPatches ? ("on" as const) : ("off" as const),
        summary: "turn off a game's own heaps when it is launched",
        advice: [
            "They then use no address space, and a full pool falls back to the game's C runtime only.",
            "Works with poolnv launch, and with the layers gameheap and scrapheap.",
        ],
    }),
    sandboxed: row({
        section: "pool",
        option: "sandboxed",
        kind: oneWord<"on" | "off">(["on", "off"]),
        default: poolDefaults.sandboxed ? ("on" as const) : ("off" as const),
        summary: "try it in a Linux program in a sandbox (seccomp)",
        advice: [
            "The rules of a sandbox can't be read. Those of Docker, Podman and Flatpak refuse a step at",
            "most; others, as of browsers and of services, may end the program. With off, a program is",
            "served if poolnv runs in the same sandbox.",
        ],
    }),
    quarantine_mb: row({
        section: "pool",
        kind: wholeNumber("MB", 0, 512),
        default: tuning.quarantineMb,
        defaultMeans: "off",
        summary: "freed memory that rests before it is reused",
        advice: [
            "A program that reads memory after freeing it then still finds the old contents. Try 32 or",
            "64 against crashes that come and go. It costs that much of the pool.",
        ],
    }),
    prefault_mb: row({
        section: "pool",
        kind: wholeNumber("MB", 0, 1536),
        default: tuning.prefaultMb,
        defaultMeans: "off",
        summary: "part of the pool that is touched before the program continues",
        advice: [
            "Starting takes longer, the first minutes stutter less, and that much memory is committed",
            "from the start. Not more than pool_size_mb.",
        ],
    }),
    trim_idle_s: row({
        section: "pool",
        kind: wholeNumber("seconds", 0, 86400),
        default: tuning.trimIdleSeconds,
        defaultMeans: "never",
        summary: "idle time after which wholly free memory is returned to the system",
        advice: [
            "Idle: the pool has not grown for that long. Live memory never moves. For programs that",
            "need much memory for a while and then run for hours.",
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
            "Default for a game: its Data/NVSE/Plugins. Write the path without quotes, for example",
            "C:\\logs\\pool.log; a relative path is relative to the folder of this file.",
        ],
    }),
    engine: row({
        section: "pool",
        option: "engine",
        kind: oneWord<EngineChoice>(["auto", "binding", "python", "wine"]),
        default: poolDefaults.engine,
        summary: "engine that attaches to the program",
        advice: ["auto chooses by the program: wine for Windows programs under Wine."],
    }),
    wine_prefix: row({
        section: "pool",
        option: "wine-prefix",
        kind: pathTo("folder"),
        default: null,
        defaultMeans: "the program's own",
        summary: "Wine prefix of the program",
        advice: ["For programs under Wine or Proton."],
    }),
    small_mb: group("small", "requests of up to 244 bytes"),
    medium_mb: group("medium", "requests of up to 4 KB"),
    large_mb: group("large", "requests of up to 32 KB"),
    huge_mb: group("huge", "larger requests"),
    save_encoding: row({
        section: "saves",
        option: "encoding",
        kind: textEncoding(),
        default: "auto",
        summary: "encoding of the names in saved games",
        advice: [
            "A game writes them in the code page of the Windows that it runs on: gbk in China, cp1251 in",
            "Russia, cp1252 in the West. auto recognises gbk, big5, cp932, cp949, cp1251 and utf8 if",
            "the names leave no doubt, and otherwise takes cp1252.",
        ],
    }),
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

/** Infers the type of the value and the name of the option. */
function row<Value, Option extends string = never>(row: SettingRow<Value, Option>): SettingRow<Value, Option> {
    return row;
}
