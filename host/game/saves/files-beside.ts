import path from "node:path";
import { namesIn } from "../../files/path-bytes.js";

/** Finds a file of a folder in any case of letters, as Windows and Wine open it. Null if there is none. */
export type FilesBeside = (name: string) => string | null;

/**
 * The files of a folder of saves.
 *
 * @param names its names, if they are known; without them it is read, once
 */
export function filesBeside(folder: string, names?: readonly string[]): FilesBeside {
    let known: Map<string, string> | null = null;
    return (name) => {
        known ??= new Map((names ?? readableNames(folder)).map((found) => [found.toLowerCase(), found]));
        const found = known.get(name.toLowerCase());
        return found === undefined ? null : path.join(folder, found);
    };
}

/** A save can be readable in a folder that is not. */
function readableNames(folder: string): string[] {
    try {
        return namesIn(folder);
    } catch {
        return [];
    }
}
