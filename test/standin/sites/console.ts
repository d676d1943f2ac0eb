import { inventedCdecl, inventedThiscall, type Signature, type Site } from "./site.js";

const ofScript: Signature = { result: "void", convention: "__thiscall", parameters: "struct Script *script" };
const line = "xNVSE GameScript.cpp, RunScriptLine2";

/** The console, and what runs one line of script. All of it is for the main thread alone. */
export const consoleSites: readonly Site[] = [
    {
        ...inventedCdecl,
        name: "console_manager",
        address: 0x0071b160,
        signature: { result: "struct Console *", convention: "__cdecl", parameters: "unsigned char create" },
        inC: true,
        source: "xNVSE GameAPI.cpp, JIP",
    },
    {
        ...inventedThiscall,
        name: "console_print",
        address: 0x0071d0a0,
        signature: {
            result: "void",
            convention: "__thiscall",
            parameters: "struct Console *console, const char *format, const void *arguments",
        },
        inC: true,
        source: "xNVSE GameAPI.cpp",
    },
    {
        ...inventedThiscall,
        name: "console_is_open",
        address: 0x004a4020,
        signature: { result: "unsigned char", convention: "__thiscall", parameters: "struct Console *console" },
        inC: true,
        source: "xNVSE, JIP",
    },
    {
        ...inventedThiscall,
        name: "script_construct",
        address: 0x005aa0f0,
        signature: ofScript,
        inC: true,
        source: line,
    },
    {
        ...inventedThiscall,
        name: "script_mark_temporary",
        address: 0x00484490,
        signature: ofScript,
        inC: true,
        source: line,
    },
    {
        ...inventedThiscall,
        name: "script_set_text",
        address: 0x005abe50,
        signature: {
            result: "void",
            convention: "__thiscall",
            parameters: "struct Script *script, const char *text",
        },
        inC: true,
        source: line,
    },
    {
        ...inventedThiscall,
        name: "script_run",
        address: 0x005ac400,
        signature: {
            result: "unsigned char",
            convention: "__thiscall",
            parameters: "struct Script *script, void *context, int one, void *reference",
        },
        inC: true,
        source: line,
    },
    {
        ...inventedThiscall,
        name: "script_destroy",
        address: 0x005aa1a0,
        signature: ofScript,
        inC: true,
        source: line,
    },
];
