import type { Layer } from "../protocol/install.js";
import { falloutNewVegas } from "./falloutnv.js";
import type { GameFunction, GamePatch, GameProfile } from "./profile.js";

/** Mods redirect calls. */
const anyCall = "E8 ?? ?? ?? ??";

/** Two functions with the same code. */
const reallocate = "55 8B EC 83 EC 10 89 4D F0 C7 45 FC 00 00 00 00";
const scrapInit = "55 8B EC 83 EC 08 89 4D FC 8B 45 08 25 FF FF 00 00";

/**
 * Fallout: New Vegas 1.4.0.525: the last version for Steam and GOG, and the one that mods are made for.
 *
 * Addresses: iranrmrf/Heap-Replacer, `heap_replacer/main/heap_replacer.h`, and acidpointer/psycho, `crt_inline.rs` and
 * `manifest.rs`; they agree. First bytes: psycho, `gheap_patch_manifest_audit.txt`.
 */
export const falloutNv: GameProfile = {
    id: "falloutnv-1.4.0.525",
    game: falloutNewVegas,
    version: "1.4.0.525",
    imageBase: 0x00400000,
    functions: [
        // The C runtime of Visual Studio 2008, linked into the program. Its `_crt` functions call the plain ones in a loop.
        row("crt", "malloc", 0x00ecd1c7, "8B FF 55 8B EC 56 8B 75 08 83 FE E0 0F 87", "malloc"),
        row("crt", "_malloc_crt", 0x00ed0cdf, "8B FF 55 8B EC 56 57 33 F6 FF 75 08 E8", "malloc"),
        row("crt", "calloc", 0x00eddd7d, "8B FF 55 8B EC 51 83 65 FC 00 56 8D 45 FC 50", "calloc"),
        row("crt", "_calloc_crt", 0x00ed0d24, "8B FF 55 8B EC 56 57 33 F6 6A 00 FF 75 0C", "calloc"),
        row("crt", "realloc", 0x00eccf5d, "6A 10 68 D0 FE 17 01 E8 AB 47 00 00 8B 5D 08", "realloc"),
        row("crt", "_realloc_crt", 0x00ed0d70, "8B FF 55 8B EC 56 57 33 F6 FF 75 0C FF 75 08 E8", "realloc"),
        row("crt", "_recalloc", 0x00ee1700, "8B FF 55 8B EC 8B 4D 0C 53 33 DB 3B CB 76 28", "_recalloc"),
        row("crt", "_recalloc_crt", 0x00ed0dbe, "8B FF 55 8B EC 56 57 33 F6 FF 75 10 FF 75 0C", "_recalloc"),
        row("crt", "_msize", 0x00ecd31f, "6A 10 68 30 FF 17 01 E8 E9 43 00 00 33 C0", "_msize"),
        row("crt", "free", 0x00ecd291, "6A 0C 68 10 FF 17 01 E8 77 44 00 00 8B 75 08 85 F6", "free"),
        // Members of the game's own heap, a singleton at 0x011F6238.
        row("gameheap", "MemoryHeap::Allocate", 0x00aa3e40, "55 8B EC 83 EC 3C 89 4D D0", "game_allocate"),
        row("gameheap", "MemoryHeap::Free", 0x00aa4060, "55 8B EC 83 EC 14 89 4D F0 83 7D 08 00", "game_free"),
        row("gameheap", "MemoryHeap::Reallocate", 0x00aa4150, reallocate, "game_reallocate"),
        row("gameheap", "MemoryHeap::Reallocate (2)", 0x00aa4200, reallocate, "game_reallocate"),
        row("gameheap", "MemoryHeap::Size", 0x00aa44c0, "55 8B EC 83 EC 18 89 4D EC 8B 45 08 C1 E8 18", "game_msize"),
        // Bump allocators for short-lived blocks: one per thread, and some on stacks.
        row("scrapheap", "ScrapHeap()", 0x00aa53f0, "55 8B EC 51 89 4D FC 68 00 00 01 00", "scrap_init_fixed"),
        row("scrapheap", "ScrapHeap(size)", 0x00aa5410, scrapInit, "scrap_init"),
        row("scrapheap", "ScrapHeap::Allocate", 0x00aa54a0, "55 8B EC 83 EC 34 89 4D D0", "scrap_allocate"),
        row("scrapheap", "ScrapHeap::Free", 0x00aa5610, "55 8B EC 83 EC 1C 89 4D E4 83 7D 08 00", "scrap_free"),
        row("scrapheap", "~ScrapHeap", 0x00aa5460, "55 8B EC 83 EC 0C 89 4D F4", "scrap_purge"),
        row("scrapheap", "GetThreadScrapHeap", 0x00aa42e0, "55 8B EC 6A FF 68 9B EC F1 00 64 A1", "scrap_current"),
    ],
    // NVHR, `apply_hr_hooks`, and psycho, `manifest.rs`: they agree.
    patches: [
        returns("reset of the small blocks' statistics", 0x00aa6840, "55 8B EC 83 EC 08"),
        returns("construction of the three heaps", 0x00866e00, "55 8B EC 6A FF 68 71 3B F1 00"),
        returns("construction of the small blocks' pools", 0x00866770, "55 8B EC 51 89 4D FC 68 DC 24 08 01"),
        returns("purge of one pool", 0x00aa6f90, "55 8B EC 83 EC 18"),
        returns("purge of all pools", 0x00aa7030, "55 8B EC 51 A1 D0 6B 1F 01"),
        returns("release of an arena's reference", 0x00aa7290, "55 8B EC 83 EC 0C 8B 45 08"),
        returns("release of an arena", 0x00aa7300, "55 8B EC 83 EC 14"),
        returns("ScrapHeapManager()", 0x00aa58d0, "55 8B EC 6A FF 68 FB EC F1 00"),
        returns("GetScrapHeapManager", 0x00866d10, "55 8B EC 6A FF 68 CB 09 F1 00"),
        returns("release of the scrap heaps' buffers", 0x00aa5c80, "55 8B EC 83 EC 14 89 4D EC"),
        omitted(
            "construction of the object within MemoryHeap",
            0x00aa38ca,
            "8B 45 A4 05 14 01 00 00 89 45 A8 6A 25 8B 4D A8 E8 01 0F 00 00 8B 4D A8 C7 01 F8 25 0A 01",
        ),
        omitted("a late call of 0x00AA2020", 0x00aa3060, anyCall),
        omitted("a call of 0x00AA2740", 0x0086c56f, anyCall),
        omitted("a call of 0x00AA2740 (2)", 0x00c42eb1, anyCall),
        omitted("a call of 0x00AA2740 (3)", 0x00ec1701, anyCall),
        { name: "the sweep of arenas in a frame", address: 0x0086eed4, bytes: "75 13", becomes: "EB 55" },
    ],
    // The frame's inner function, 0x0086E650, would do as well, but its first bytes are not published. It calls this one
    // after rendering (psycho, `heap_analysis.md`).
    mainThread: {
        frame: { name: "AfterRender", address: 0x008705d0, bytes: "55 8B EC 51 89 4D FC 8B 4D FC E8" },
        // xNVSE, `GameAPI.cpp` and `GameScript.cpp` (RunScriptLine2). First bytes are not published.
        functions: {
            GAME_CONSOLE_MANAGER: 0x0071b160,
            GAME_CONSOLE_PRINT: 0x0071d0a0,
            GAME_SCRIPT_CONSTRUCT: 0x005aa0f0,
            GAME_SCRIPT_MARK_TEMPORARY: 0x00484490,
            GAME_SCRIPT_SET_TEXT: 0x005abe50,
            GAME_SCRIPT_RUN: 0x005ac400,
            GAME_SCRIPT_DESTROY: 0x005aa1a0,
        },
    },
    // Starts: xNVSE, `GameAPI.cpp`, and psycho. Each ends where the next known function starts.
    wrappers: [
        { name: "FormHeap_Allocate", start: 0x00401000, end: 0x0040101f },
        { name: "NiAllocate", start: 0x00aa1070, end: 0x00aa10ef },
    ],
    // BGSSaveLoadManager (psycho, xNVSE).
    loading: { manager: 0x011de134, flag: 0x26 },
};

function row(layer: Layer, name: string, address: number, bytes: string, replacement: string): GameFunction {
    return { layer, name, address, bytes, replacement };
}

/** Makes a function return at once (`ret`). It must be one that pops no arguments. */
function returns(name: string, address: number, bytes: string): GamePatch {
    return { name, address, bytes, becomes: "C3" };
}

/** Overwrites instructions with `nop`. */
function omitted(name: string, address: number, bytes: string): GamePatch {
    return { name, address, bytes, becomes: bytes.replace(/\S\S/g, "90") };
}
