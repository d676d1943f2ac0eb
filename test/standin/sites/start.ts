import { inventedCdecl, type Site } from "./site.js";

/** Places that only lead from one known place to the next. */
const path = { bytes: "", published: false, displaced: null, signature: null, inC: false };

const order = "psycho allocator_activation_boundary_audit.txt";

/** From the entry of the program to its WinMain, in the order of the C runtime's start. */
export const startSites: readonly Site[] = [
    { ...path, name: "entry", address: 0x00ecc4db, code: ["jmp site_start"], source: order },
    {
        ...path,
        name: "start",
        address: 0x00ecc35d,
        code: [
            "push ebp",
            "mov ebp, esp",
            "sub esp, 68", // a STARTUPINFOA
            "lea eax, [ebp - 68]",
            "push eax",
            "call dword ptr [import_GetStartupInfoA]",
            "jmp site_start_heap",
        ],
        source: order,
    },
    {
        ...path,
        // The call is at 0x00ECC3CB, the test of its result at 0x00ECC3D3: plugins that come before the C runtime
        // overwrite both.
        name: "start_heap",
        address: 0x00ecc3c9,
        code: [
            "push 1",
            "call site_crt_heap_init",
            "pop ecx",
            "test eax, eax",
            "jne start_heap_done",
            "push 28", // _RT_HEAPINIT
            "call site_start_failed",
            "pop ecx",
            "start_heap_done:",
            "call site_static_construction",
            "jmp site_start_main",
        ],
        source: "RTM BSMemory.cpp",
    },
    {
        ...path,
        // The call is at 0x00ECC46B.
        name: "start_main",
        address: 0x00ecc460,
        code: ["push 10", "push 0", "push 0", "push 0x00400000", "call site_win_main", "push eax", "call site_exit"],
        source: "xNVSE steam_loader, psycho",
    },
    {
        ...path,
        name: "static_construction",
        address: 0x00fb66a0,
        code: ["mov ecx, 0x011F6238", "jmp site_heap_construct"],
        source: order,
    },
    {
        ...inventedCdecl,
        name: "start_failed",
        address: 0x00ecc339,
        displaced: null,
        signature: { result: "void", convention: "__cdecl", parameters: "int reason" },
        inC: true,
        source: "nobody tells it: a place before the start that is free",
    },
    {
        ...inventedCdecl,
        name: "exit",
        address: 0x00ecd600,
        displaced: null,
        signature: { result: "void", convention: "__cdecl", parameters: "int code" },
        inC: true,
        source: "nobody tells it: a place in the runtime that is free",
    },
];
