import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { windowsPath } from "../../../host/process/wine.js";
import { readEnvironments } from "../../fixtures/prepare/environments.js";
import { microsoftUcrtFiles, microsoftUcrtFirst } from "../../fixtures/prepare/microsoft-ucrt.js";
import { compareRuns } from "./compare-runs.js";
import { type ForeignProgram, windowsPython, workFile } from "./foreign-programs.js";

const { microsoftUcrt, windowsPackages, wine } = readEnvironments();
const skip = [microsoftUcrt, windowsPackages, wine]
    .flatMap((environment) => (environment.ready ? [] : [`${environment.reason} (${environment.resolution})`]))
    .at(0);

/** Modules of Python's own tests that start no processes and take no more than some seconds. */
const modules = [
    "test_dict",
    "test_list",
    "test_re",
    "test_locale",
    "test_time",
    "test_strftime",
    "test_float",
    "test_fileio",
    "test_zlib",
    "test_struct",
];

/** What Windows Python does on Microsoft's runtime: the file in `work` and its arguments after the output. */
const works: readonly { name: string; file: string; args: string[] }[] = [
    { name: "its own tests", file: "own_tests.py", args: modules },
    { name: "lxml, numpy, Pillow and regex in eight threads", file: "extensions.py", args: [] },
];

const packages: Record<string, string> = windowsPackages.ready
    ? { PYTHONPATH: windowsPath(windowsPackages.packages) }
    : {};

for (const { version, folder } of microsoftUcrt.ready ? microsoftUcrt.versions : [{ version: "", folder: "" }]) {
    describe(`32-bit Windows Python on Microsoft's ucrtbase.dll ${version}`, { skip: skip ?? false }, () => {
        let place: string;
        before(() => {
            place = mkdtempSync(join(tmpdir(), "poolnv-microsoft-python-"));
            linkPython(place, folder);
        });
        after(() => rmSync(place, { recursive: true }));

        for (const { name, file, args } of works) {
            it(`Windows Python on Microsoft's ${version} gets the same from ${name} with the pool as without`, async (test) => {
                const program: ForeignProgram = {
                    ...windowsPython(),
                    name: `Windows Python on Microsoft's ${version}`,
                    env: { ...windowsPython().env, ...microsoftUcrtFirst, ...packages },
                    command: (output) => [
                        join(place, "python.exe"),
                        windowsPath(workFile(file)),
                        windowsPath(output),
                        ...args,
                    ],
                };
                const statistics = await compareRuns(program, []);
                test.diagnostic(`${statistics.pool_allocs} pool allocations, ${statistics.peak_used} bytes at most`);
                assert.ok(statistics.pool_allocs > 100_000, `${statistics.pool_allocs} pool allocations`);
                assert.equal(statistics.fallback_allocs, 0);
                assert.equal(statistics.corrupt_headers, 0);
                assert.equal(statistics.double_frees, 0);
            });
        }
    });
}

/** A folder with links to all of Windows Python, and the runtime beside `python.exe`, where Wine takes it from. */
function linkPython(place: string, runtime: string): void {
    if (!wine.ready) return;
    for (const name of readdirSync(wine.windowsPython)) symlinkSync(join(wine.windowsPython, name), join(place, name));
    for (const file of microsoftUcrtFiles) copyFileSync(join(runtime, file), join(place, file));
}
