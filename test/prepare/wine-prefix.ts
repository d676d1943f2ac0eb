import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { ensureBuilt } from "../../host/setup/built-folder.js";
import type { Report } from "../../host/setup/report.js";
import { runStep } from "../../host/setup/run-step.js";
import type { WineFiles } from "./private-wine.js";
import { testFolder } from "./test-folder.js";

/** Makes the test suites' own Wine prefix unless it is there, and returns its folder. */
export async function ensureWinePrefix(wine: WineFiles, report: Report): Promise<string> {
    const path = testFolder("wine-prefix");
    const build = async (temporary: string) => {
        report("making a Wine prefix (600 MB on disk)");
        await bootPrefix(wine, temporary);
    };
    await ensureBuilt({ path, pin: wine.loader, build }, report);
    return path;
}

async function bootPrefix(wine: WineFiles, prefix: string): Promise<void> {
    const env = { WINEPREFIX: prefix, WINEDEBUG: "-all", WINEARCH: "win32" };
    const system32 = join(prefix, "drive_c", "windows", "system32");
    const stop = (how: string) => execa(wine.server, [how], { env, reject: false, stdin: "ignore", timeout: 20_000 });
    try {
        if (wine.zlib) {
            await mkdir(system32, { recursive: true });
            await copyFile(wine.zlib, join(system32, "zlib1.dll"));
        }
        await runStep({
            purpose: "make a Wine prefix",
            command: "timeout",
            args: ["--kill-after=5", "90", wine.loader, "wineboot", "-i"],
            env,
            resolution: "install a Wine that runs 32-bit programs and put it on the PATH",
        });
        await stop("-w");
    } finally {
        await stop("-k");
    }
}
