import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureBuilt } from "../../../host/frida/setup/built-folder.js";
import type { Report } from "../../../host/frida/setup/run-step.js";
import { type Architecture, unpackPackages } from "../../../test/fixtures/prepare/private-apt.js";
import { testFolder } from "../../../test/fixtures/prepare/test-folder.js";
import type { PeerName } from "../allocators.js";
import type { Missing, Peer } from "../prepared-target.js";
import { missingBecause } from "./missing.js";

/** Where Debian keeps libraries of an architecture, and what its allocators need that a bare system lacks. */
const kinds = {
    "linux-x64": { architecture: "amd64", triple: "x86_64-linux-gnu", runtime: [] },
    "linux-i386": { architecture: "i386", triple: "i386-linux-gnu", runtime: ["libstdc++6"] },
} as const satisfies Record<string, { architecture: Architecture; triple: string; runtime: readonly string[] }>;

/** Debian's own builds: by package, with the library that is preloaded. Its release decides which versions they are. */
const libraries: Partial<Record<PeerName, { package: string; file: string }>> = {
    mimalloc: { package: "libmimalloc2.0", file: "libmimalloc.so.2" },
    jemalloc: { package: "libjemalloc2", file: "libjemalloc.so.2" },
    tcmalloc: { package: "libtcmalloc-minimal4", file: "libtcmalloc_minimal.so.4" },
};

/** Allocators that are put under a Linux program by LD_PRELOAD; none of them is installed. */
export async function ensureDebianPeers(
    target: keyof typeof kinds,
    report: Report,
): Promise<Map<PeerName, Peer | Missing>> {
    const peers = Object.entries(libraries) as [PeerName, { package: string; file: string }][];
    const { architecture, triple, runtime } = kinds[target];
    const path = testFolder("bench", `peers-${target}`);
    const packages = [...peers.map(([, library]) => library.package), ...runtime];
    const build = async (temporary: string) => {
        report(`fetching ${packages.join(", ")} for ${target} (about 2 MB)`);
        const files = await unpackPackages(architecture, packages, temporary);
        await writeFile(join(temporary, fileList), files.join("\n"));
    };
    try {
        await ensureBuilt({ path, pin: packages.join(" "), build }, report);
    } catch (error) {
        return new Map(peers.map(([name]) => [name, missingBecause(error)]));
    }
    const folder = join(path, "usr", "lib", triple);
    return new Map(
        peers.map(([name, library]) => {
            const env = { LD_PRELOAD: join(folder, library.file), LD_LIBRARY_PATH: folder };
            return [name, { version: versionIn(path, library.package), env, args: [] }];
        }),
    );
}

const fileList = "packages.txt";

/** `libjemalloc2_5.3.0-1_amd64.deb` is 5.3.0-1. */
function versionIn(path: string, name: string): string {
    const files = readFileSync(join(path, fileList), "utf8").split("\n");
    const file = files.find((file) => file.startsWith(`${name}_`));
    return decodeURIComponent(file?.split("_")[1] ?? "unknown");
}
