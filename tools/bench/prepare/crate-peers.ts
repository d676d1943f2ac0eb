import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../../host/errors.js";
import { ensureBuilt } from "../../../host/frida/setup/built-folder.js";
import { type Report, runStep } from "../../../host/frida/setup/run-step.js";
import { windowsPath } from "../../../host/process/wine.js";
import { compileTarget } from "../../../test/fixtures/prepare/compile.js";
import { testFolder } from "../../../test/fixtures/prepare/test-folder.js";
import type { PeerName } from "../allocators.js";
import type { Missing, Peer } from "../prepared-target.js";
import { missingBecause } from "./missing.js";

/** An allocator whose C source comes inside a crate, and how a DLL is made of it. */
interface CratePeer {
    readonly name: PeerName;
    readonly version: string;
    readonly crate: { name: string; version: string; sha256: string };
    /** Folders and files inside the crate. */
    readonly include: readonly string[];
    readonly sources: readonly string[];
    /** Besides the crate's. */
    readonly ownSources: readonly string[];
    readonly flags: readonly string[];
    readonly functions: string;
}

/** Fast paths use native thread-local storage, as their authors' own builds do, and nothing is checked. */
const commonFlags = ["-shared", "-mcpu=nehalem", "-DNDEBUG", "-fno-emulated-tls", "-w"];

const peers: readonly CratePeer[] = [
    {
        name: "mimalloc",
        version: "2.1.7",
        crate: {
            name: "libmimalloc-sys",
            version: "0.1.39",
            sha256: "23aa6811d3bd4deb8a84dde645f943476d13b248d818edcf8ce0b2f37f036b44",
        },
        include: ["c_src/mimalloc/include", "c_src/mimalloc/src"],
        sources: ["c_src/mimalloc/src/static.c"],
        ownSources: [],
        flags: ["-DMI_DEBUG=0", "-DMI_SHARED_LIB", "-DMI_SHARED_LIB_EXPORT", "-DMI_WIN_NOREDIRECT", "-lbcrypt"],
        functions: "mi_malloc,mi_free,mi_realloc",
    },
    {
        name: "rpmalloc",
        version: "1.4.3",
        crate: {
            name: "rpmalloc-sys",
            version: "0.2.3+b097fd0",
            sha256: "8d4b7d5e225a53887ee57fcec492eaf114b8e290f7072d035adc6ddd6810b67b",
        },
        include: ["rpmalloc/rpmalloc"],
        sources: ["rpmalloc/rpmalloc/rpmalloc.c"],
        ownSources: ["rpmalloc_dll.c"],
        flags: ["-DBUILD_DYNAMIC_LINK=1"],
        functions: "rpmalloc,rpfree,rprealloc",
    },
];

/** Allocators as DLLs for 32-bit Windows programs, built from source. */
export async function ensureCratePeers(report: Report): Promise<Map<PeerName, Peer | Missing>> {
    const found = new Map<PeerName, Peer | Missing>();
    for (const peer of peers) {
        try {
            found.set(peer.name, await ensurePeer(peer, report));
        } catch (error) {
            found.set(peer.name, missingBecause(error));
        }
    }
    return found;
}

async function ensurePeer(peer: CratePeer, report: Report): Promise<Peer> {
    const path = testFolder("bench", `${peer.name}-win32`);
    const pin = JSON.stringify({ peer, commonFlags });
    await ensureBuilt({ path, pin, build: (temporary) => buildPeer(peer, temporary, report) }, report);
    const library = windowsPath(join(path, libraryName(peer)));
    return { version: peer.version, env: {}, args: ["--dll", library, "--names", peer.functions] };
}

async function buildPeer(peer: CratePeer, folder: string, report: Report): Promise<void> {
    report(`fetching the source of ${peer.name} ${peer.version} (about 1 MB)`);
    const crate = await fetchCrate(peer, join(folder, "crate"));
    report(`building ${peer.name} for 32-bit Windows`);
    const sources = peer.sources.map((file) => join(crate, file));
    const ownSources = peer.ownSources.map((file) => fileURLToPath(new URL(file, ownFolder)));
    await compileTarget([...sources, ...ownSources], {
        target: "win32-msvcrt",
        output: join(folder, libraryName(peer)),
        flags: [
            ...commonFlags,
            ...peer.include.map((include) => `-I${join(crate, include)}`),
            ...peer.flags,
            "-lpsapi",
            "-ladvapi32",
        ],
        largeAddressAware: false,
    });
    await rm(join(folder, "crate"), { recursive: true });
}

/** Cargo checks what it downloads against its index; the checksum that it notes is checked against ours. */
async function fetchCrate({ crate }: CratePeer, folder: string): Promise<string> {
    await mkdir(join(folder, "src"), { recursive: true });
    await writeFile(join(folder, "src", "lib.rs"), "");
    await writeFile(join(folder, "Cargo.toml"), manifest(crate));
    await runStep({
        purpose: `fetch the crate ${crate.name} ${crate.version}`,
        command: "cargo",
        args: ["vendor", "--quiet", "vendor"],
        cwd: folder,
        resolution: "install cargo (apt-get install cargo) and check that it can reach its registry",
    });
    const place = join(folder, "vendor", crate.name);
    const noted = JSON.parse(await readFile(join(place, ".cargo-checksum.json"), "utf8")) as { package?: string };
    if (noted.package === crate.sha256) return place;
    const message = `the crate ${crate.name} ${crate.version} is not the one that was expected (${noted.package})`;
    throw new UserError("SETUP_FAILED", message, "check which registry cargo is configured to use");
}

function manifest({ name, version }: CratePeer["crate"]): string {
    return [
        "[package]",
        'name = "peers"',
        'version = "0.0.0"',
        'edition = "2021"',
        "[dependencies]",
        `${name} = "=${version}"`,
        "",
    ].join("\n");
}

/** The sources beside this file's own source. */
const ownFolder = new URL("../../../../tools/bench/prepare/", import.meta.url);

function libraryName({ name }: CratePeer): string {
    return `${name}.dll`;
}
