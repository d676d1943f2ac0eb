import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
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
export function unpackPackages(
    architecture: Architecture,
    packages: readonly string[],
    folder: string,
): Promise<string[]> {
    return withApt(architecture, "", folder, async (apt) => {
        const downloads = join(apt.folder, "packages");
        await download(["download", ...packages], packages, apt, downloads);
        return unpackAll(downloads, folder);
    });
}

/** The same with all that they depend on and the system does not have. */
export async function unpackWithDependencies(
    architecture: Architecture,
    packages: readonly string[],
    folder: string,
): Promise<void> {
    const installed = await readFile("/var/lib/dpkg/status", "utf8");
    await withApt(architecture, installed, folder, async (apt) => {
        const args = ["install", "--download-only", "--yes", "--no-install-recommends", ...packages];
        await download(args, packages, apt, apt.folder);
        await unpackAll(join(apt.folder, "cache", "archives"), folder);
    });
}

interface PrivateApt {
    readonly folder: string;
    readonly architecture: Architecture;
    readonly env: { readonly APT_CONFIG: string };
}

/** @param status the packages that are taken to be installed, as dpkg writes it */
async function withApt<Result>(
    architecture: Architecture,
    status: string,
    folder: string,
    work: (apt: PrivateApt) => Promise<Result>,
): Promise<Result> {
    const own = `${folder}.apt`;
    await rm(own, { recursive: true, force: true });
    await mkdir(join(own, "state", "lists", "partial"), { recursive: true });
    await mkdir(join(own, "cache", "archives", "partial"), { recursive: true });
    await mkdir(join(own, "packages"));
    await writeFile(join(own, "state", "status"), status);
    await writeFile(join(own, "apt.conf"), configuration(own, architecture));
    const env = { APT_CONFIG: join(own, "apt.conf") };
    // One list that cannot be had is no harm; a package that cannot be had is, and is reported below.
    await execa("apt-get", ["update", "-qq"], { env, reject: false, stdin: "ignore", timeout: 120_000 });
    const result = await work({ folder: own, architecture, env });
    await rm(own, { recursive: true });
    return result;
}

async function download(
    args: readonly string[],
    packages: readonly string[],
    { env, architecture }: PrivateApt,
    cwd: string,
): Promise<void> {
    await runStep({
        purpose: `download ${packages.join(", ")}`,
        command: "apt-get",
        args: ["-qq", ...args],
        cwd,
        env,
        resolution: `check that apt-get can reach a Debian mirror that has the ${architecture} architecture`,
    });
}

/** @returns the file names of the packages */
async function unpackAll(downloads: string, folder: string): Promise<string[]> {
    const files = (await readdir(downloads)).filter((file) => file.endsWith(".deb"));
    for (const file of files) {
        await runStep({
            purpose: `unpack ${file}`,
            command: "dpkg",
            args: ["-x", join(downloads, file), folder],
            resolution: "check the free space of the cache folder",
        });
    }
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
