import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { runStep } from "../../host/setup/run-step.js";

/**
 * Downloads i386 Debian packages and unpacks them into a folder. The system's package sources serve, its package
 * state does not: nothing is installed and no right is needed.
 */
export async function unpackI386Packages(packages: readonly string[], folder: string): Promise<void> {
    const work = `${folder}.apt`;
    await rm(work, { recursive: true, force: true });
    await mkdir(join(work, "state", "lists", "partial"), { recursive: true });
    await mkdir(join(work, "cache", "archives", "partial"), { recursive: true });
    await mkdir(join(work, "packages"));
    await writeFile(join(work, "state", "status"), "");
    await writeFile(join(work, "apt.conf"), configuration(work));
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
        resolution: "check that apt-get can reach a Debian mirror that has the i386 architecture",
    });
    for (const file of await readdir(downloads)) {
        await runStep({
            purpose: `unpack ${file}`,
            command: "dpkg",
            args: ["-x", join(downloads, file), folder],
            resolution: "check the free space of the cache folder",
        });
    }
    await rm(work, { recursive: true });
}

function configuration(folder: string): string {
    return [
        'APT::Architecture "i386";',
        'APT::Architectures { "i386"; };',
        'APT::Sandbox::User "";',
        `Dir::State "${folder}/state";`,
        `Dir::State::status "${folder}/state/status";`,
        `Dir::Cache "${folder}/cache";`,
        "",
    ].join("\n");
}
