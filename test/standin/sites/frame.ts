import { inventedCdecl, inventedThiscall, leaveForC, type Signature, type Site } from "./site.js";

const order = "psycho heap_analysis.md, the order within a frame";
const nothing: Signature = { result: "void", convention: "__cdecl", parameters: "void" };
const ofMain: Signature = { result: "void", convention: "__thiscall", parameters: "struct Main *main" };

/** The loop of the main thread and the parts of a frame. */
export const frameSites: readonly Site[] = [
    {
        name: "win_main",
        address: 0x0086a850,
        bytes: "55 8B EC 83 EC 08",
        published: false,
        displaced: null,
        signature: {
            result: "int",
            convention: "__stdcall",
            parameters: "void *instance, void *previous, const char *arguments, int show",
        },
        inC: true,
        code: leaveForC,
        source: "psycho, xNVSE",
    },
    {
        // Five bytes that xNVSE overwrites with a jump; it comes back at 0x0086B38B.
        name: "loop_iteration",
        address: 0x0086b386,
        bytes: "",
        published: false,
        displaced: null,
        signature: nothing,
        inC: false,
        code: ["call site_loop_value", "jmp site_loop_frame"],
        source: "xNVSE Hooks_Gameplay.cpp",
    },
    {
        name: "loop_value",
        address: 0x0043c4b0,
        bytes: "A1 48 47 1F 01",
        published: false,
        displaced: null,
        signature: null,
        inC: false,
        code: ["ret"],
        source: "xNVSE Hooks_Gameplay.cpp",
    },
    {
        // The call of the frame function is at 0x0086B3E3.
        name: "loop_frame",
        address: 0x0086b3dd,
        bytes: "",
        published: false,
        displaced: null,
        signature: null,
        inC: false,
        code: ["mov ecx, dword ptr [0x011DEA0C]", "call site_frame", "ret"],
        source: "psycho",
    },
    {
        ...inventedThiscall,
        name: "frame",
        address: 0x0086e650,
        signature: ofMain,
        inC: true,
        source: "psycho",
    },
    { ...inventedCdecl, name: "frame_io", address: 0x00c3dbf0, signature: nothing, inC: true, source: order },
    { ...inventedCdecl, name: "frame_compact", address: 0x00878080, signature: nothing, inC: true, source: order },
    { ...inventedCdecl, name: "frame_destruction", address: 0x00868850, signature: nothing, inC: true, source: order },
    { ...inventedCdecl, name: "frame_ai_start", address: 0x008c78c0, signature: nothing, inC: true, source: order },
    { ...inventedCdecl, name: "frame_render", address: 0x0086ff70, signature: nothing, inC: true, source: order },
    {
        name: "frame_present",
        address: 0x0087055e,
        bytes: "",
        published: false,
        displaced: null,
        signature: nothing,
        inC: false,
        code: ["call site_present", "ret"],
        source: "xNVSE: its call is redirected",
    },
    { ...inventedCdecl, name: "present", address: 0x00b6b730, signature: nothing, inC: true, source: "xNVSE" },
    {
        name: "frame_after_render",
        address: 0x008705d0,
        bytes: "55 8B EC 51 89 4D FC 8B 4D FC E8",
        published: true,
        displaced: 7,
        signature: ofMain,
        inC: true,
        code: [".long frame_after_render_call - (. + 4)", ...leaveForC, "frame_after_render_call:", "ret"],
        source: "psycho",
    },
    { ...inventedCdecl, name: "frame_ai_join", address: 0x008c7990, signature: nothing, inC: true, source: order },
];
