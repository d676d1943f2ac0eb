import { statSync } from "node:fs";

/** Whether there is a folder, or a link to one, that we can get at. */
export function isFolder(path: string): boolean {
    try {
        return statSync(path).isDirectory();
    } catch {
        return false;
    }
}
