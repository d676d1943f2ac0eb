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
    const plugins = pluginFolder(join(folder, "Data"));
    return plugins === null ? fallbacks : [join(plugins, "MemoryPool_Debug.log"), ...fallbacks];
}

/** Made where it is missing. Null without a game's data, or where a stranger may have put a part of the way to it. */
function pluginFolder(data: string): string | null {
    if (!system().isFolder(data)) return null;
    const way = [data, join(data, "NVSE"), join(data, "NVSE", "Plugins")];
    for (const step of way) {
        system().makeFolder(step);
        if (system().isPlanted(step)) return null;
    }
    return way.at(-1)!;
}

function parent(path: string): string {
    return path.slice(0, path.lastIndexOf(system().separator));
}

function join(...parts: string[]): string {
    return parts.join(system().separator);
}
