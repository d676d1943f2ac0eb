import { pluginFolder } from "../../shared/games/index.js";
import { Refusal } from "../refusal.js";
import { system } from "../process/system/index.js";

/**
 * Where the log goes: the place asked for; else the contract's: the game's plugin folder, else beside the program, else
 * the temporary folder. Null when not even that can be written.
 *
 * @throws Refusal LOG_NOT_WRITABLE when the place asked for can't be written
 */
export function chooseLogFile(asked: string | null): string | null {
    if (asked !== null) {
        if (!system().append(asked, ""))
            throw new Refusal("LOG_NOT_WRITABLE", `the log file ${asked} can't be opened for writing`);
        return asked;
    }
    return places().find((place) => system().append(place, "")) ?? null;
}

function places(): string[] {
    const folder = parent(Process.mainModule.path);
    const name = `poolnv-${Process.id}.log`;
    const fallbacks = [join(folder, name), join(system().temporaryFolder(), name)];
    const plugins = writablePlugins(folder, pluginFolder(Process.mainModule.name));
    return plugins === null ? fallbacks : [join(plugins, "MemoryPool_Debug.log"), ...fallbacks];
}

/**
 * Makes the folder of plugins if its first part exists. Null if not, or if another user may have made a part of the path.
 */
function writablePlugins(folder: string, names: readonly string[]): string | null {
    const path = names.map((_, index) => join(folder, ...names.slice(0, index + 1)));
    if (!system().isFolder(path[0]!)) return null;
    for (const step of path) {
        system().makeFolder(step);
        if (system().isPlanted(step)) return null;
    }
    return path.at(-1)!;
}

function parent(path: string): string {
    return path.slice(0, path.lastIndexOf(system().separator));
}

function join(...parts: string[]): string {
    return parts.join(system().separator);
}
