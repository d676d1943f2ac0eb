import { type Game, softwareKey } from "../../../shared/games/game.js";
import type { GameProfile } from "../../../shared/games/profile.js";

const plugins = ["Mods", "RSE"];

/** A made-up game that shares nothing with a supported one. */
const game: Game = {
    title: "Vault Racer",
    program: "VaultRacer.exe",
    steam: { app: "999930", folder: "Vault Racer", launcher: "Racer Launcher.exe" },
    gog: "999931",
    epic: {
        app: "0racer0",
        folders: /^Vault Racer /,
        mark: "EpicRacer.dll",
        saves: ["Vault Works", "Epic Racer", "Slots"],
        advice: "Buy it elsewhere.",
    },
    registryKeys: [{ hive: "HKLM", paths: softwareKey("Vault Works\\Racer"), value: "Folder", store: "gog" }],
    driveFolders: [["Racing", "Vault Racer"]],
    homeFolders: [["racing", "vault-racer"]],
    saves: ["Vault Works", "Racer", "Slots"],
    savesElsewhere: { file: "Racer.ini", section: "Paths", setting: "Slots", modOrganizer: ["Racer"] },
    plugins,
    scriptExtender: {
        name: "RSE",
        page: "example.org/rse",
        loader: "rse_start.exe",
        library: "rse_inside.dll",
        parts: ["rse_start.exe", "rse_inside.dll"],
        heapSettings: { file: ["Mods", "rse.ini"], ownMb: { HeapMB: 100 } },
    },
    patcher: { name: "Racer Patcher", page: "example.org/patcher" },
    versionAdvice: { "1.0.0.0": "Buy the second edition." },
    replacers: [
        {
            name: "RacerHeap",
            resolution: "Remove racerheap.dll from Mods/RSE.",
            files: [{ folder: plugins, name: /^racerheap\.dll$/i }],
        },
    ],
};

/** Its only version. */
export const vaultRacer: GameProfile = {
    id: "vaultracer-2.0.0.7",
    game,
    version: "2.0.0.7",
    imageBase: 0x00a00000,
    functions: [
        { layer: "crt", name: "malloc", address: 0x00a81010, bytes: "8B FF 55 8B EC", replacement: "malloc" },
        { layer: "crt", name: "free", address: 0x00a93020, bytes: "6A 0C 68 10 FF 17 01", replacement: "free" },
    ],
    patches: [],
    mainThread: { frame: { name: "Frame", address: 0x00a05000, bytes: "55 8B EC" }, functions: {} },
    wrappers: [],
    loading: { manager: 0x00a07000, flag: 1 },
};
