import { join } from "node:path";
import { ensureBuilt } from "../../host/setup/built-folder.js";
import type { Report } from "../../host/setup/report.js";
import { runStep } from "../../host/setup/run-step.js";
import { debianArchitecture } from "./debian-architecture.js";
import { unpackPackages } from "./private-apt.js";
import { testFolder } from "./test-folder.js";

/** A Python with its own regression tests, which other packages of it leave out. */
export interface TestedPython {
    readonly python: string;
    /** What it takes for its own folder: the value of PYTHONHOME. */
    readonly home: string;
}

/**
 * Debian's Python of the system's release, apart from the system's own: interpreter, library and tests are of one
 * version.
 */
export async function ensureDebianPython(report: Report): Promise<TestedPython> {
    const path = testFolder("debian-python");
    await ensureBuilt({ path, pin: "3", build: (temporary) => unpackPython(temporary, report) }, report);
    return place(path);
}

async function unpackPython(folder: string, report: Report): Promise<void> {
    report("fetching Debian's Python with its tests (about 9 MB)");
    const architecture = await debianArchitecture("Debian's Python");
    const [named] = await unpackPackages(architecture, ["python3-minimal"], folder);
    const version = /^python3-minimal_(\d+\.\d+)/.exec(named ?? "")?.[1];
    const name = `python${version}`;
    const packages = [`${name}-minimal`, `lib${name}-minimal`, `lib${name}-stdlib`, `lib${name}-testsuite`];
    await unpackPackages(architecture, packages, folder);
    const { python, home } = place(folder);
    await runStep({
        purpose: "load the tests of Debian's Python",
        command: python,
        args: ["-c", "import test.test_dict"],
        env: { PYTHONHOME: home },
        resolution: "run: apt-get install python3",
    });
}

function place(folder: string): TestedPython {
    return { python: join(folder, "usr", "bin", "python3"), home: join(folder, "usr") };
}
