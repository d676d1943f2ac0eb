import { inventedCdecl, inventedThiscall, type Site } from "./site.js";

const getters = "xNVSE GameAPI.h";

/** Members of the manager of saved games, its object at [0x011DE134], and who asks it. */
export const saveSites: readonly Site[] = [
    {
        ...inventedThiscall,
        name: "saves_load",
        address: 0x00850760,
        signature: {
            result: "unsigned char",
            convention: "__thiscall",
            parameters:
                "struct SaveManager *saves, const char *name, uint32_t device, unsigned char statistics, unsigned char quiet",
        },
        inC: true,
        source: "psycho perf/post_load.rs",
    },
    {
        ...inventedThiscall,
        name: "saves_load_quicksave",
        address: 0x008509f0,
        signature: { result: "unsigned char", convention: "__thiscall", parameters: "struct SaveManager *saves" },
        inC: true,
        source: "ITR",
    },
    {
        ...inventedThiscall,
        name: "saves_reload",
        address: 0x008512f0,
        signature: { result: "void", convention: "__thiscall", parameters: "struct SaveManager *saves" },
        inC: true,
        source: "a header of NVSE plugins: ReloadCurrentSave",
    },
    {
        ...inventedCdecl,
        name: "saves_is_loading",
        address: 0x00702360,
        signature: { result: "unsigned char", convention: "__cdecl", parameters: "void" },
        inC: true,
        source: "psycho; xNVSE has it as isMenuMode",
    },
    {
        ...inventedThiscall,
        name: "saves_folder",
        address: 0x0084ff30,
        signature: {
            result: "void",
            convention: "__thiscall",
            parameters: "struct SaveManager *saves, char *path",
        },
        inC: true,
        source: getters,
    },
    {
        ...inventedThiscall,
        name: "saves_path",
        address: 0x0084ff90,
        signature: {
            result: "void",
            convention: "__thiscall",
            parameters: "struct SaveManager *saves, const char *name, char *path, unsigned char temporary",
        },
        inC: true,
        source: getters,
    },
    {
        ...inventedThiscall,
        name: "saves_file_name",
        address: 0x0084fec0,
        signature: {
            result: "void",
            convention: "__thiscall",
            parameters: "struct SaveManager *saves, const char *name, char *file",
        },
        inC: true,
        source: getters,
    },
];
