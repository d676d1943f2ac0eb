import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Makes a folder in which a search finds the game. */
export function placeGame(folder: string, program = "FalloutNV.exe"): string {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, program), "MZ");
    return folder;
}

/** The list of a Steam's libraries, as Steam writes it. */
export function writeLibraries(root: string, ...libraries: string[]): void {
    const entries = libraries.map(
        (library, index) =>
            `\t"${index}"\n\t{\n\t\t"path"\t\t"${escape(library)}"\n\t\t"apps"\n\t\t{\n\t\t\t"22380"\t\t"1"\n\t\t}\n\t}\n`,
    );
    write(join(root, "steamapps", "libraryfolders.vdf"), `"libraryfolders"\n{\n${entries.join("")}}\n`);
}

/** Puts the game into a library: its manifest, and the folder that the manifest names. */
export function placeInLibrary(library: string, name = "Fallout New Vegas"): string {
    writeManifest(library, name);
    return placeGame(join(library, "steamapps", "common", name));
}

export function writeManifest(library: string, name: string, app = "22380"): void {
    const manifest = `"AppState"\n{\n\t"appid"\t\t"${app}"\n\t"name"\t\t"a game"\n\t"installdir"\t\t"${escape(name)}"\n}\n`;
    write(join(library, "steamapps", `appmanifest_${app}.acf`), manifest);
}

/** A Wine prefix with its drives and a registry: keys as Wine writes them, with the values below them. */
export function makePrefix(prefix: string, system: RegistryKeys, user: RegistryKeys = {}, drives: Drives = {}): string {
    mkdirSync(join(prefix, "drive_c"), { recursive: true });
    mkdirSync(join(prefix, "dosdevices"), { recursive: true });
    for (const [drive, target] of Object.entries({ "c:": "../drive_c", "z:": "/", ...drives })) {
        symlinkSync(target, join(prefix, "dosdevices", drive));
    }
    write(join(prefix, "system.reg"), registryText(system));
    write(join(prefix, "user.reg"), registryText(user));
    return prefix;
}

export type RegistryKeys = Record<string, Record<string, string>>;
type Drives = Record<string, string>;

function registryText(keys: RegistryKeys): string {
    const entries = Object.entries(keys).map(([key, values]) => {
        const lines = Object.entries(values).map(([name, value]) => `"${wine(name)}"="${wine(value)}"`);
        return [`[${wine(key)}] 1700000000`, "#time=1da0000000000", ...lines, '"Other"=dword:00000001', ""].join("\n");
    });
    return ["WINE REGISTRY Version 2", ";; All keys relative to \\\\Machine", "", ...entries].join("\n");
}

/** Escapes as Wine does: a character that is not ASCII becomes its code. */
function wine(text: string): string {
    return escape(text).replace(
        /[^ -~]/g,
        (character) => `\\x${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}

function escape(text: string): string {
    return text.replace(/["\\]/g, "\\$&");
}

export function write(file: string, content: string | Buffer): void {
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, content);
}
