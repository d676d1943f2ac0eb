import { join } from "node:path";
import envPaths from "env-paths";

/** Folder for everything that poolnv downloads and builds: `$POOLNV_CACHE`, else its folder in the platform's cache. */
export function cacheFolder(...parts: string[]): string {
    const root = process.env["POOLNV_CACHE"] || envPaths("poolnv", { suffix: "" }).cache;
    return join(root, ...parts);
}
