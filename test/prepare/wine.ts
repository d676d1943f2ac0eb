import { dirname, join } from "node:path";
import { findWineOnPath } from "../../host/setup/find-wine.js";
import type { Report } from "../../host/setup/report.js";
import { ensurePrivateWine, type WineFiles, writeWineScript } from "./private-wine.js";
import { ensureWinePrefix } from "./wine-prefix.js";

/** The system's Wine where it makes a 32-bit prefix, else a private one. */
export async function ensureWine(report: Report): Promise<{ wine: string; prefix: string }> {
    const system = systemWine();
    if (system) {
        try {
            return await withPrefix(system, report);
        } catch {
            report(`${system.loader} does not make a 32-bit prefix; a private Wine is used instead`);
        }
    }
    return withPrefix(await ensurePrivateWine(report), report);
}

async function withPrefix(files: WineFiles, report: Report): Promise<{ wine: string; prefix: string }> {
    const prefix = await ensureWinePrefix(files, report);
    return { wine: await writeWineScript(files.loader, prefix), prefix };
}

function systemWine(): WineFiles | null {
    const loader = findWineOnPath();
    return loader === null ? null : { loader, server: join(dirname(loader), "wineserver"), zlib: null };
}
