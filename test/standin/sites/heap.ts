import { inventedCdecl, leaveForC, type Signature, type Site } from "./site.js";

const members = "NVHR heap_replacer.h, psycho, RTM; bytes: psycho, audit of the heap's patches";
const setUp = "NVHR apply_hr_hooks, psycho manifest.rs, with these bytes";

const resizes: Signature = {
    result: "void *",
    convention: "__thiscall",
    parameters: "struct MemoryHeap *heap, void *block, size_t size",
};
const wrapsAllocate: Signature = { result: "void *", convention: "__cdecl", parameters: "size_t size" };
const wrapsFree: Signature = { result: "void", convention: "__cdecl", parameters: "void *block" };

/** A function that hands its one parameter to a member of the one heap. */
const wrapper = (member: string) => ["push eax", "mov ecx, 0x011F6238", `call ${member}`, "pop ebp", "ret"];

/** What a wrapper begins with: its parameter goes into EAX. */
const inventedWrapper = { bytes: "55 8B EC 8B 45 08", published: false, displaced: 6, inC: false };

/** The game's own heap, its object at 0x011F6238. */
export const heapSites: readonly Site[] = [
    {
        name: "heap_allocate",
        address: 0x00aa3e40,
        bytes: "55 8B EC 83 EC 3C 89 4D D0",
        published: true,
        displaced: 6,
        signature: {
            result: "void *",
            convention: "__thiscall",
            parameters: "struct MemoryHeap *heap, size_t size",
        },
        inC: true,
        code: leaveForC,
        source: members,
    },
    {
        name: "heap_free",
        address: 0x00aa4060,
        bytes: "55 8B EC 83 EC 14 89 4D F0 83 7D 08 00",
        published: true,
        displaced: 6,
        signature: {
            result: "void",
            convention: "__thiscall",
            parameters: "struct MemoryHeap *heap, void *block",
        },
        inC: true,
        code: leaveForC,
        source: members,
    },
    {
        name: "heap_reallocate",
        address: 0x00aa4150,
        bytes: "55 8B EC 83 EC 10 89 4D F0 C7 45 FC 00 00 00 00",
        published: true,
        displaced: 6,
        signature: resizes,
        inC: true,
        code: leaveForC,
        source: members,
    },
    {
        name: "heap_reallocate_2",
        address: 0x00aa4200,
        bytes: "55 8B EC 83 EC 10 89 4D F0 C7 45 FC 00 00 00 00",
        published: true,
        displaced: 6,
        signature: resizes,
        inC: true,
        code: leaveForC,
        source: members,
    },
    {
        name: "heap_msize",
        address: 0x00aa44c0,
        bytes: "55 8B EC 83 EC 18 89 4D EC 8B 45 08 C1 E8 18",
        published: true,
        displaced: 6,
        signature: {
            result: "size_t",
            convention: "__thiscall",
            parameters: "struct MemoryHeap *heap, void *block",
        },
        inC: true,
        code: leaveForC,
        source: members,
    },
    {
        ...inventedWrapper,
        name: "form_allocate",
        address: 0x00401000,
        signature: wrapsAllocate,
        code: wrapper("site_heap_allocate"),
        source: "xNVSE GameAPI.cpp, psycho",
    },
    {
        name: "form_heap",
        address: 0x00401020,
        bytes: "B8 38 62 1F 01",
        published: false,
        displaced: 5,
        signature: { result: "struct MemoryHeap *", convention: "__cdecl", parameters: "void" },
        inC: false,
        code: ["ret"],
        source: "xNVSE, psycho",
    },
    {
        ...inventedWrapper,
        name: "form_free",
        address: 0x00401030,
        signature: wrapsFree,
        code: wrapper("site_heap_free"),
        source: "xNVSE GameAPI.cpp, psycho",
    },
    {
        ...inventedWrapper,
        name: "ni_allocate",
        address: 0x00aa1070,
        signature: wrapsAllocate,
        code: wrapper("site_heap_allocate"),
        source: "psycho gheap_large_modlist_compatibility.md",
    },
    {
        ...inventedWrapper,
        name: "ni_free",
        address: 0x00aa10f0,
        signature: wrapsFree,
        code: wrapper("site_heap_free"),
        source: "psycho gheap_large_modlist_compatibility.md",
    },
    {
        ...inventedCdecl,
        name: "heap_fallback_allocate",
        address: 0x00aa4290,
        signature: wrapsAllocate,
        inC: true,
        source: "psycho alloc_flow.md",
    },
    {
        ...inventedCdecl,
        name: "heap_fallback_free",
        address: 0x00aa42c0,
        signature: wrapsFree,
        inC: true,
        source: "psycho alloc_flow.md",
    },
    {
        // The inner part takes the object from [EBP - 0x5C].
        name: "heap_construct",
        address: 0x00aa3880,
        bytes: "55 8B EC 83 EC 60 89 4D A4",
        published: false,
        displaced: null,
        signature: { result: "void", convention: "__thiscall", parameters: "struct MemoryHeap *heap" },
        inC: true,
        code: ["call site_heap_construct_inner", "mov ecx, [ebp - 0x5C]", ...leaveForC],
        source: "psycho allocator_activation_boundary_audit.txt",
    },
    {
        name: "heap_construct_pools",
        address: 0x00866770,
        bytes: "55 8B EC 51 89 4D FC 68 DC 24 08 01",
        published: true,
        displaced: null,
        signature: { result: "void", convention: "__thiscall", parameters: "struct MemoryHeap *heap" },
        inC: true,
        code: leaveForC,
        source: setUp,
    },
    {
        name: "heap_construct_heaps",
        address: 0x00866e00,
        bytes: "55 8B EC 6A FF 68 71 3B F1 00",
        published: true,
        displaced: null,
        signature: { result: "void", convention: "__cdecl", parameters: "void" },
        inC: true,
        code: leaveForC,
        source: setUp,
    },
    {
        ...inventedCdecl,
        name: "memory_context_set",
        address: 0x00404f30,
        signature: { result: "void", convention: "__cdecl", parameters: "uint32_t context" },
        inC: true,
        source: "psycho",
    },
    {
        ...inventedCdecl,
        name: "memory_context_get",
        address: 0x00404f50,
        signature: { result: "uint32_t", convention: "__cdecl", parameters: "void" },
        inC: true,
        source: "psycho",
    },
];
