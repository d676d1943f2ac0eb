import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureBuilt } from "../../host/setup/built-folder.js";
import type { Report } from "../../host/setup/report.js";
import { runStep } from "../../host/setup/run-step.js";
import { ensureI386Libraries } from "./i386-libraries.js";
import { unpackI386Packages } from "./private-apt.js";
import { testFolder } from "./test-folder.js";
import { ensureTool, patchelf } from "./test-tools.js";

/** Wine as it was unpacked: where its loader is, and what a prefix needs from it. */
export interface WineFiles {
    readonly loader: string;
    readonly server: string;
    /** A Windows DLL that user32 imports and that Debian's package leaves in another package. */
    readonly zlib: string | null;
}

/**
 * libfreetype stays away: with it this Wine's win32u fails to initialise where no font is installed, and then every
 * attempt at a desktop window starts another `explorer.exe`, without end.
 */
const packages = ["libwine", "wine32", "libz-mingw-w64"];

/** Makes a private 32-bit Wine unless it is there. Nothing is installed on the system. */
export async function ensurePrivateWine(report: Report): Promise<WineFiles> {
    const path = testFolder("wine");
    const build = (temporary: string) => buildWine(temporary, path, report);
    await ensureBuilt({ path, pin: packages.join(" "), build }, report);
    const programs = join(path, "usr", "lib", "wine");
    return { loader: join(programs, "wine"), server: join(programs, "wineserver"), zlib: join(path, zlibPath) };
}

const zlibPath = join("usr", "i686-w64-mingw32", "lib", "zlib1.dll");

async function buildWine(folder: string, finalFolder: string, report: Report): Promise<void> {
    const { loader, libraries } = await ensureI386Libraries(report);
    const patch = await ensureTool(patchelf, report);
    report("fetching a private Wine (about 96 MB)");
    await unpackI386Packages(packages, folder);

    const programs = join(folder, "usr", "lib", "wine");
    await copyFile(join(programs, "wineserver32"), join(programs, "wineserver"));
    await copyFile(join(folder, zlibPath), join(folder, "usr/lib/i386-linux-gnu/wine/i386-windows/zlib1.dll"));
    // Only the old kind of library path (--force-rpath) also holds for the libraries that Wine's libraries need.
    const searchPath = [libraries, join(finalFolder, "usr", "lib", "i386-linux-gnu")].join(":");
    for (const program of ["wine", "wineserver"]) {
        await runStep({
            purpose: `patch ${program}`,
            command: patch,
            args: ["--set-interpreter", loader, "--force-rpath", "--set-rpath", searchPath, join(programs, program)],
            resolution: "delete the cache folder and try again",
        });
    }
}

/**
 * Writes the script that starts Wine with the test prefix and without its chatter. The script ends by becoming the
 * loader, so that a signal sent to it reaches Wine.
 */
export async function writeWineScript(loader: string, prefix: string): Promise<string> {
    const script = testFolder("bin", "wine");
    const lines = [
        "#!/bin/sh",
        `export WINEPREFIX="\${WINEPREFIX:-${prefix}}" WINEDEBUG="\${WINEDEBUG:--all}"`,
        `exec '${loader}' "$@"`,
        "",
    ];
    await mkdir(testFolder("bin"), { recursive: true });
    await writeFile(script, lines.join("\n"));
    await chmod(script, 0o755);
    return script;
}
