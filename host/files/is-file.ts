import { statSync } from "node:fs";

/** Whether there is a regular file, or a link to one, that we can get at. */
export function isFile(path: string): boolean {
    try {
        return statSync(path).isFile();
    } catch {
        return false;
    }
}
