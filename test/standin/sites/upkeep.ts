import { inventedCdecl, leaveForC, type Signature, type Site } from "./site.js";

const patched = "NVHR apply_hr_hooks, psycho manifest.rs, with these bytes";
const called = "target of the relative calls in the bytes that are patched";

const nothing: Signature = { result: "void", convention: "__cdecl", parameters: "void" };
const ofPool: Signature = { result: "void", convention: "__thiscall", parameters: "struct Pool *pool" };
const ofArena: Signature = { result: "void", convention: "__cdecl", parameters: "void *arena" };
const namesThread: Signature = { result: "void", convention: "__cdecl", parameters: "uint32_t id, const char *name" };

/** A function that a heap replacer makes return at once. */
const returning = { published: true, displaced: null, inC: true, code: leaveForC, source: patched };

/** A call in the middle of a function that a heap replacer takes out. */
const callSite = { published: true, displaced: null, signature: null, inC: false, source: patched };

/** What leads to such a call: hands on the two arguments that it was given. */
const handOnTwo = { bytes: "", published: false, displaced: null, signature: namesThread, inC: false };

function handOn(site: string): string[] {
    return ["push dword ptr [esp + 8]", "push dword ptr [esp + 8]", `jmp site_${site}`];
}

/**
 * What keeps the game's own heaps going, and what a heap replacer that is there before them turns off: beside the
 * constructors, which stand with their heaps.
 */
export const upkeepSites: readonly Site[] = [
    {
        ...returning,
        name: "pools_reset_statistics",
        address: 0x00aa6840,
        bytes: "55 8B EC 83 EC 08",
        signature: nothing,
    },
    { ...returning, name: "pool_purge", address: 0x00aa6f90, bytes: "55 8B EC 83 EC 18", signature: ofPool },
    { ...returning, name: "pools_purge", address: 0x00aa7030, bytes: "55 8B EC 51 A1 D0 6B 1F 01", signature: nothing },
    {
        ...returning,
        name: "arena_unreference",
        address: 0x00aa7290,
        bytes: "55 8B EC 83 EC 0C 8B 45 08",
        signature: ofArena,
    },
    { ...returning, name: "arena_release", address: 0x00aa7300, bytes: "55 8B EC 83 EC 14", signature: ofArena },
    {
        // Within the constructor of the heap; ESP ends where it was.
        ...callSite,
        name: "heap_construct_inner",
        address: 0x00aa38ca,
        bytes: "8B 45 A4 05 14 01 00 00 89 45 A8 6A 25 8B 4D A8 E8 01 0F 00 00 8B 4D A8 C7 01 F8 25 0A 01",
        code: ["ret"],
    },
    {
        ...inventedCdecl,
        name: "inner_construct",
        address: 0x00aa47e0,
        displaced: null,
        signature: { result: "void", convention: "__thiscall", parameters: "void *inner, uint32_t count" },
        inC: true,
        source: called,
    },
    {
        ...callSite,
        name: "late_call",
        address: 0x00aa3060,
        bytes: "E8 BB EF FF FF",
        signature: nothing,
        code: ["ret"],
    },
    {
        ...inventedCdecl,
        name: "late",
        address: 0x00aa2020,
        displaced: null,
        signature: nothing,
        inC: true,
        source: called,
    },
    {
        ...inventedCdecl,
        name: "thread_set_up",
        address: 0x00aa2740,
        displaced: null,
        signature: namesThread,
        inC: true,
        source: called,
    },
    { ...handOnTwo, name: "main_set_up", address: 0x0086c560, code: handOn("main_set_up_call"), source: patched },
    {
        ...callSite,
        name: "main_set_up_call",
        address: 0x0086c56f,
        bytes: "E8 CC 61 23 00",
        code: ["add esp, 8", "ret"],
    },
    { ...handOnTwo, name: "task_set_up", address: 0x00c42ea0, code: handOn("task_set_up_call"), source: patched },
    {
        ...callSite,
        name: "task_set_up_call",
        address: 0x00c42eb1,
        bytes: "E8 8A F8 E5 FF",
        code: ["add esp, 8", "ret"],
    },
    { ...handOnTwo, name: "movie_set_up", address: 0x00ec16f0, code: handOn("movie_set_up_call"), source: patched },
    {
        ...callSite,
        name: "movie_set_up_call",
        address: 0x00ec1701,
        bytes: "E8 3A 10 BE FF",
        code: ["add esp, 8", "ret"],
    },
    {
        name: "frame_sweep",
        address: 0x0086eec8,
        bytes: "",
        published: false,
        displaced: null,
        signature: nothing,
        inC: false,
        code: ["or eax, -1", "jmp site_frame_sweep_test"], // never zero
        source: patched,
    },
    {
        // Behind the join of the AI threads: over to the sweep, or, once it is patched, past it.
        ...callSite,
        name: "frame_sweep_test",
        address: 0x0086eed4,
        bytes: "75 13",
        code: [
            "ret",
            ".org site_frame_sweep_test + 2 + 0x13, 0xCC",
            "push 0",
            "call site_arena_unreference",
            "add esp, 4",
            "ret",
            ".org site_frame_sweep_test + 2 + 0x55, 0xCC",
            "ret",
        ],
    },
];
