import { type Game, softwareKey } from "./game.js";

const plugins = ["Data", "NVSE", "Plugins"];
const gog = "1454587428";
// xNVSE refuses this edition and names the patcher, which makes it the usual one (`IdentifyEXE.cpp`).
const epicAdvice =
    "This is Epic's edition: convert it with the Epic Games Patcher (nexusmods.com/newvegas/mods/81281), then run poolnv doctor again.";

/** Fallout: New Vegas, in every version. */
export const falloutNewVegas: Game = {
    title: "Fallout: New Vegas",
    program: "FalloutNV.exe",
    steam: { app: "22380", folder: "Fallout New Vegas", launcher: "FalloutNVLauncher.exe" },
    gog,
    // Mod Organizer 2 (`gamefalloutnv.cpp`) and Wrye Bash (`FNV_LANG_DIRS`): app, folders, mark and saves.
    epic: {
        app: "5daeb974a22a435988892319b3a4f476",
        folders: /^Fallout New Vegas/i,
        mark: "EOSSDK-Win32-Shipping.dll",
        saves: ["My Games", "FalloutNV_Epic", "Saves"],
        advice: epicAdvice,
    },
    registryKeys: [
        // What Bethesda's own installer and launcher write is the last.
        { hive: "HKLM", paths: softwareKey(`GOG.com\\Games\\${gog}`), value: "path", store: "gog" },
        {
            hive: "HKLM",
            paths: softwareKey("Bethesda Softworks\\FalloutNV"),
            value: "Installed Path",
            store: "bethesda",
        },
    ],
    driveFolders: [
        ["GOG Games", "Fallout New Vegas"],
        ["Games", "Fallout New Vegas"],
        ["Program Files (x86)", "GOG Galaxy", "Games", "Fallout New Vegas"],
        ["Program Files (x86)", "Steam", "steamapps", "common", "Fallout New Vegas"],
        ["Program Files (x86)", "Bethesda Softworks", "Fallout New Vegas"],
        ["Program Files", "Bethesda Softworks", "Fallout New Vegas"],
    ],
    // GOG's installers for Linux, users by hand, Heroic.
    homeFolders: [
        ["GOG Games", "Fallout New Vegas"],
        ["Games", "Fallout New Vegas"],
        ["Games", "Heroic", "Fallout New Vegas"],
        ["Games", "Heroic", "Fallout New Vegas Ultimate Edition"],
    ],
    saves: ["My Games", "FalloutNV", "Saves"],
    // Vortex names the folder of a profile there (`applySaveSettings`). Mod Organizer 2: `gameName` of its plugins.
    savesElsewhere: {
        file: "Fallout.ini",
        section: "General",
        setting: "SLocalSavePath",
        modOrganizer: ["New Vegas", "TTW"],
    },
    plugins,
    scriptExtender: {
        name: "xNVSE",
        page: "github.com/xNVSE/NVSE/releases",
        loader: "nvse_loader.exe",
        // The entry of a program that the 4GB patcher has patched loads it (psycho, activation audit).
        library: "nvse_steam_loader.dll",
        parts: ["nvse_loader.exe", "nvse_steam_loader.dll", "nvse_1_4.dll"],
        heapSettings: {
            file: ["Data", "NVSE", "nvse_config.ini"],
            ownMb: { DefaultHeapInitialAllocMB: 200, ScrapHeapSizeMB: 64 }, // xNVSE, `Hooks_Memory.cpp`
        },
    },
    patcher: { name: "FNV 4GB Patcher", page: "nexusmods.com/newvegas/mods/62552" },
    versionAdvice: {
        "1.4.0.1338": epicAdvice,
    },
    // The files are those that their own READMEs and sources name.
    replacers: [
        {
            name: "NVHR (New Vegas Heap Replacer)",
            resolution: "Remove d3dx9_38.dll and Data/NVHR from the game's folder.",
            files: [
                { folder: [], name: /^d3dx9_38\.dll$/i },
                { folder: ["Data"], name: /^nvhr$/i },
            ],
        },
        {
            name: "NVHR (New Vegas Heap Replacer) as a plugin",
            resolution: "Remove nvhr*.dll from Data/NVSE/Plugins.",
            files: [{ folder: plugins, name: /^nvhr.*\.dll$/i }],
        },
        {
            name: "psycho (Syringe)",
            resolution: "Remove dinput8.dll and the folder syringe from the game's folder.",
            files: [
                { folder: [], name: /^dinput8\.dll$/i },
                { folder: ["syringe"], name: /\.dll$/i },
            ],
        },
        {
            name: "the plugin MemoryPool",
            resolution: "Remove MemoryPool*.dll from Data/NVSE/Plugins; poolnv replaces it.",
            files: [{ folder: plugins, name: /^memorypool.*\.dll$/i }],
        },
        {
            name: "NVSR (New Vegas Stutter Remover) with bReplaceHeap = 1",
            resolution: "Set bReplaceHeap = 0 in sr_New_Vegas_Stutter_Remover.ini.",
            files: [{ folder: plugins, name: /^sr_new_vegas_stutter_remover\.dll$/i }],
            setting: {
                folder: plugins,
                name: /^sr_new_vegas_stutter_remover\.ini$/i,
                on: /^[ \t]*bReplaceHeap[ \t]*=[ \t]*0*[1-9]/im,
            },
        },
        {
            name: "NVTF (New Vegas Tick Fix) with its heap option",
            resolution: "Set the option whose name contains Heap to 0 in NVTF.ini.",
            files: [{ folder: plugins, name: /^nvtf\.dll$/i }],
            setting: {
                folder: plugins,
                name: /^nvtf\.ini$/i,
                on: /^[ \t]*\w*(?:Replace\w*Heap|Heap\w*Replace)\w*[ \t]*=[ \t]*0*[1-9]/im,
            },
        },
    ],
};
