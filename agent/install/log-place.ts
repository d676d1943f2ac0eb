import { pluginFolder } from "../../shared/games/index.js";
import { platform } from "../process/platform/index.js";
import { Refusal } from "../refusal.js";

/**
 * The path of the log: the requested one; else in the game's plugin folder, else beside the program, else in the temporary
 * folder. Null if none of these can be written.
 *
 * @throws Refusal LOG_NOT_WRITABLE if the requested file can't be written
 */
export function chooseLogFile(requested: string | null, canBeWritten: (file: string) => boolean): string | null {
    if (requested !== null) {
        if (!canBeWritten(requested)) {
            throw new Refusal("LOG_NOT_WRITABLE", `the log file ${requested} can't be opened for writing`);
        }
        return requested;
    }
    return candidates().find(canBeWritten) ?? null;
}

function candidates(): string[] {
    const name = `poolnv-${Process.id}.log`;
    const inTemporary = join(platform().temporaryFolder(), name);
    const { path } = Process.mainModule;
    if (isInMemory(path)) return [inTemporary];
    const folder = parent(path);
    const fallbacks = [join(folder, name), inTemporary];
    const plugins = writablePlugins(folder, pluginFolder(Process.mainModule.name));
    return plugins === null ? fallbacks : [join(plugins, "MemoryPool_Debug.log"), ...fallbacks];
}

/** Whether a Linux program was run from a memory file (memfd_create), which is in no folder, whatever its name has. */
function isInMemory(path: string): boolean {
    return path.startsWith("/memfd:");
}

/** Creates the plugin folder if its first part exists. Null if not, or if another user may have created a part of the path. */
function writablePlugins(folder: string, names: readonly string[]): string | null {
    const path = names.map((_, index) => join(folder, ...names.slice(0, index + 1)));
    if (!platform().isDirectory(path[0]!)) return null;
    for (const step of path) {
        platform().createDirectory(step);
        if (platform().isUntrusted(step)) return null;
    }
    return path.at(-1)!;
}

function parent(path: string): string {
    return path.slice(0, path.lastIndexOf(platform().separator));
}

function join(...parts: string[]): string {
    return parts.join(platform().separator);
}
