import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { runStep } from "../../host/setup/run-step.js";

/** As Debian names processors. */
export type Architecture = "i386" | "amd64";

/** {@link unpackPackages} for 32-bit programs. */
export async function unpackI386Packages(packages: readonly string[], folder: string): Promise<void> {
    await unpackPackages("i386", packages, folder);
}

/**
 * Downloads Debian packages and unpacks them into a folder. The system's package sources serve, its package state does
 * not: nothing is installed and no right is needed.
 *
 * @returns the file names of the packages, which tell their versions
 */
export async function unpackPackages(
    architecture: Architecture,
    packages: readonly string[],
    folder: string,
): Promise<string[]> {
    const work = `${folder}.apt`;
    await rm(work, { recursive: true, force: true });
    await mkdir(join(work, "state", "lists", "partial"), { recursive: true });
    await mkdir(join(work, "cache", "archives", "partial"), { recursive: true });
    await mkdir(join(work, "packages"));
    await writeFile(join(work, "state", "status"), "");
    await writeFile(join(work, "apt.conf"), configuration(work, architecture));
    const env = { APT_CONFIG: join(work, "apt.conf") };

    // One list that cannot be had is no harm; a package that cannot be had is, and is reported below.
    await execa("apt-get", ["update", "-qq"], { env, reject: false, stdin: "ignore", timeout: 120_000 });
    const downloads = join(work, "packages");
    await runStep({
        purpose: `download ${packages.join(", ")}`,
        command: "apt-get",
        args: ["download", "-qq", ...packages],
        cwd: downloads,
        env,
        resolution: `check that apt-get can reach a Debian mirror that has the ${architecture} architecture`,
    });
    const files = await readdir(downloads);
    for (const file of files) {
        await runStep({
            purpose: `unpack ${file}`,
            command: "dpkg",
            args: ["-x", join(downloads, file), folder],
            resolution: "check the free space of the cache folder",
        });
    }
    await rm(work, { recursive: true });
    return files;
}

function configuration(folder: string, architecture: Architecture): string {
    return [
        `APT::Architecture "${architecture}";`,
        `APT::Architectures { "${architecture}"; };`,
        'APT::Sandbox::User "";',
        `Dir::State "${folder}/state";`,
        `Dir::State::status "${folder}/state/status";`,
        `Dir::Cache "${folder}/cache";`,
        "",
    ].join("\n");
}
