import { hash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../../errors.js";
import { rename, rm } from "../../files/change-files.js";
import { runStep } from "./run-step.js";

/** A file of Maven's repository, pinned by SHA-256. */
export interface MavenJar {
    /** `group:artifact:version:type:classifier`. */
    readonly coordinates: string;
    readonly fileName: string;
    /** Folder in the jar that is wanted. */
    readonly folder: string;
    readonly sha256: string;
}

/** What fetching a jar needs from its caller. */
export interface MavenUse {
    /** The private Python, which unpacks the jar. */
    readonly python: string;
    /** The command that the user repeats once Maven works. */
    readonly repeat: string;
}

/**
 * Fetches a jar with Maven, as the machine has it configured, and leaves the content of the wanted folder in `folder`, and
 * nothing else.
 *
 * @throws UserError SETUP_FAILED if Maven is missing or fails, or the jar is not the one pinned
 */
export async function fetchMavenJar(jar: MavenJar, folder: string, { python, repeat }: MavenUse): Promise<void> {
    const { coordinates, fileName } = jar;
    await runStep({
        purpose: `fetch ${coordinates}`,
        command: "mvn",
        args: ["-q", "-B", "dependency:copy", `-Dartifact=${coordinates}`, `-DoutputDirectory=${folder}`],
        resolution: `check that Maven is installed (${installMaven()}) and can reach its repository, then run: ${repeat}`,
    });
    const path = join(folder, fileName);
    const found = hash("sha256", await readFile(path));
    if (found !== jar.sha256) {
        const message = `${fileName} is not the file expected (its SHA-256 is ${found})`;
        const resolution = `delete it from Maven's local repository (~/.m2) and run: ${repeat}`;
        throw new UserError("SETUP_FAILED", message, resolution);
    }
    const unpacked = join(folder, "jar");
    await runStep({
        purpose: `unpack ${fileName}`,
        command: python,
        args: ["-m", "zipfile", "-e", path, unpacked],
        resolution: `check the free space in ${dirname(folder)}, then run: ${repeat}`,
    });
    const content = join(unpacked, jar.folder);
    for (const name of await readdir(content)) await rename(join(content, name), join(folder, name));
    await rm(unpacked, { recursive: true });
    await rm(path);
}

function installMaven(): string {
    return process.platform === "darwin" ? "brew install maven" : "apt-get install maven";
}
