import { existsSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../host/errors.js";
import { ensureBuilt } from "../../host/setup/built-folder.js";
import type { Report } from "../../host/setup/report.js";
import { runStep } from "../../host/setup/run-step.js";
import { debianArchitecture } from "./debian-architecture.js";
import { unpackWithDependencies } from "./private-apt.js";
import { testFolder } from "./test-folder.js";

/** A browser, and what it needs to find its parts. */
export interface Chromium {
    readonly program: string;
    readonly env: Readonly<Record<string, string>>;
}

/** Debian's Chromium without a window, with those of its libraries and fonts that the system does not have. */
export async function ensureChromium(report: Report): Promise<Chromium> {
    const folder = testFolder("chromium");
    await ensureBuilt({ path: folder, pin: "3", build: (temporary) => unpackChromium(temporary, report) }, report);
    return place(folder);
}

async function unpackChromium(folder: string, report: Report): Promise<void> {
    report("fetching Debian's Chromium (about 100 MB)");
    const architecture = await debianArchitecture("Chromium");
    await unpackWithDependencies(architecture, ["chromium-headless-shell", "fonts-dejavu-core"], folder);
    await writeFile(path.join(folder, "fonts.conf"), fontConfiguration);
    const { program, env } = await place(folder);
    await runStep({
        purpose: "start Chromium",
        command: program,
        args: ["--version"],
        env,
        resolution: "run the tests on a Debian or Ubuntu that is up to date",
    });
}

async function place(folder: string): Promise<Chromium> {
    const program = path.join(folder, "usr", "lib", "chromium", "chromium-headless-shell");
    if (!existsSync(program))
        throw new UserError("SETUP_FAILED", `Chromium is not at ${program}`, `delete ${folder}, run: npm run pretest`);
    const libraries = await libraryFolders(folder);
    return { program, env: { LD_LIBRARY_PATH: libraries, FONTCONFIG_FILE: path.join(folder, "fonts.conf") } };
}

/** Some packages keep what their libraries share in a folder of their own. */
async function libraryFolders(root: string): Promise<string> {
    const found: string[] = [];
    for (const place of ["lib", path.join("usr", "lib")])
        for (const folder of await foldersIn(path.join(root, place)))
            if (folder.endsWith("-linux-gnu")) found.push(folder, ...(await foldersIn(folder)));
    return found.join(":");
}

async function foldersIn(folder: string): Promise<string[]> {
    const entries = existsSync(folder) ? await readdir(folder, { withFileTypes: true }) : [];
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(folder, name));
}

const fontConfiguration = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
    <dir>/usr/share/fonts</dir>
    <dir prefix="relative">usr/share/fonts</dir>
    <cachedir prefix="xdg">fontconfig</cachedir>
    <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
</fontconfig>
`;
