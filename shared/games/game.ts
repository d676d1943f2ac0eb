/**
 * What poolnv knows of a game whatever its version: its names, where stores and installers put it, and which mods concern
 * a memory pool. Data only, read by the host's search, doctor and deploy. Folders are lists of names, outermost first.
 */
export interface Game {
    /** For messages: `Fallout: New Vegas`. */
    readonly title: string;
    /** File name of the program. No two games have the same. */
    readonly program: string;
    /** The game at Steam; null: it is not sold there. */
    readonly steam: SteamGame | null;
    /** Its product number at GOG; null: it is not sold there. */
    readonly gog: string | null;
    /** Its edition at Epic; null: it is not sold there. */
    readonly epic: EpicEdition | null;
    /** Registry keys in which installers other than Steam leave the game's folder. */
    readonly registryKeys: readonly GameKey[];
    /** Usual folders below drive C, on Windows and in Wine prefixes. */
    readonly driveFolders: readonly (readonly string[])[];
    /** Usual folders below a home folder on Linux. */
    readonly homeFolders: readonly (readonly string[])[];
    /** Folder of the saved games below the user's `Documents`. */
    readonly saves: readonly string[];
    /** What moves the saved games elsewhere; null: nothing that is known. */
    readonly savesElsewhere: SavesElsewhere | null;
    /** Folder of plugins below the program's: for the settings and the log. The log goes there if the first part exists. */
    readonly plugins: readonly string[];
    /** What most mods of the game need; null: there is none. */
    readonly scriptExtender: ScriptExtender | null;
    /** What makes the program large-address-aware, protected or not; null: there is none. */
    readonly patcher: Tool | null;
    /** What to do about a version that poolnv does not support, by version. */
    readonly versionAdvice: Readonly<Record<string, string>>;
    /** Other tools that replace the game's heaps. Two of them in one game crash it. */
    readonly replacers: readonly HeapReplacer[];
}

/** A game at Steam. */
export interface SteamGame {
    /** App id: names the manifest and the Proton prefix. */
    readonly app: string;
    /** Its usual folder below `steamapps/common`. */
    readonly folder: string;
    /** File name of the program that Steam starts. */
    readonly launcher: string;
}

/** A game at Epic, if its edition differs from the others. */
export interface EpicEdition {
    /** Its `AppName` in the manifests of Epic's launcher, and in Heroic. */
    readonly app: string;
    /** Matches the folders in the installed one that have the game's program, for example one for each language. */
    readonly folders: RegExp;
    /** File name beside the program that no other edition has. */
    readonly mark: string;
    /** Folder of the saved games below the user's `Documents`. */
    readonly saves: readonly string[];
    /** What to do about a version of it that poolnv does not support. */
    readonly advice: string;
}

/** What moves the saved games of a game out of their usual folder. */
export interface SavesElsewhere {
    /** Settings file of the game in the folder that the folder of saves is in. */
    readonly file: string;
    /** Section of the file. */
    readonly section: string;
    /** Name of the setting, whose value is the folder of saves, relative to that of the file. */
    readonly setting: string;
    /** Names of the game in the instances of Mod Organizer 2, whose profiles may have saves of their own. */
    readonly modOrganizer: readonly string[];
}

/** Who sold or installed a game. */
export type Store = "steam" | "gog" | "epic" | "bethesda" | "unknown";

/** A registry value that holds a folder. */
export interface FolderKey {
    /** Root key. */
    readonly hive: "HKLM" | "HKCU";
    /** Paths of the key: for a 32-bit program on 64-bit Windows first, then on 32-bit Windows and in 32-bit prefixes. */
    readonly paths: readonly string[];
    /** Name of the value. */
    readonly value: string;
}

/** A registry value with a game's folder. */
export interface GameKey extends FolderKey {
    /** Whose installer writes it. */
    readonly store: Store;
}

/** A tool and its page, for messages. */
export interface Tool {
    /** Its name. */
    readonly name: string;
    /** Address of its page, without the scheme. */
    readonly page: string;
}

/** A tool that mods of a game need, such as xNVSE. */
export interface ScriptExtender extends Tool {
    /** File name of the program that starts the game with it. */
    readonly loader: string;
    /** Library that a patched program loads itself, instead of the loader. */
    readonly library: string;
    /** File names of all its parts, in the game's folder. */
    readonly parts: readonly string[];
    /** Its settings that change the sizes of the game's own heaps; null: it has none. */
    readonly heapSettings: HeapSettings | null;
}

/** Settings in the section [Memory] of an INI file. */
export interface HeapSettings {
    /** The file, below the game's folder. */
    readonly file: readonly string[];
    /** By name, the size in MB that the game has without the tool. */
    readonly ownMb: Readonly<Record<string, number>>;
}

/** Another tool that replaces a game's heaps, and how it is recognised in the game's folder. */
export interface HeapReplacer {
    /** Its name, for messages. */
    readonly name: string;
    /** How to remove it or turn its heap off. */
    readonly resolution: string;
    /** All of them must be there. */
    readonly files: readonly FileMark[];
    /** The setting that turns its heap on; absent: it has none, its files are enough. */
    readonly setting?: FileMark & {
        /** Matches the text of the settings file if the heap is on. */
        readonly on: RegExp;
    };
}

/** Files below a game's folder. */
export interface FileMark {
    /** Folder, in any case of letters. */
    readonly folder: readonly string[];
    /** Matches the file names in it. */
    readonly name: RegExp;
}

/** Paths of a key below `SOFTWARE`, as 64-bit and 32-bit Windows have it. */
export function softwareKey(key: string): string[] {
    return [`SOFTWARE\\WOW6432Node\\${key}`, `SOFTWARE\\${key}`];
}
