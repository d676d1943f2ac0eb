import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { windowsPath } from "../../../host/process/wine.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { makeTarget, type Target, whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import {
    inHostPrefix,
    runOnWindows,
    whyNoWindowsHost,
    windowsHostFolders,
    windowsNode,
} from "../../fixtures/support/windows-host.js";
import { pack, root } from "../../package/tarball/packed.js";

/**
 * From the tarball, in an empty folder of Windows, by npm in Windows Node. Under Wine that has no network, so npm on this
 * system fetches the packages for Windows into a cache first.
 */
describe(
    "the package, installed by npm as a Windows program",
    { skip: whyNoWindowsHost() ?? whyNot("win32-msvcrt") ?? false },
    () => {
        const scratch = scratchFolder();
        const name = `an empty folder ${scratch.slice(-6)}`;
        let folder: string;
        let target: Target;
        let victim: Victim;

        before(async () => {
            const { file } = await pack(scratch);
            const cache = join(scratch, "cache");
            const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional", "--cache"];
            const fetched = join(scratch, "fetched");
            mkdirSync(fetched);
            const platform = ["--os=win32", "--cpu=ia32"];
            execFileSync("npm", ["install", ...platform, ...options, cache, file], { cwd: fetched, stdio: "ignore" });
            folder = join(windowsHostFolders().driveC, name);
            mkdirSync(folder);
            const npm = join(execFileSync("npm", ["root", "-g"], { encoding: "utf8" }).trim(), "npm/bin/npm-cli.js");
            const install = [windowsPath(npm), "install", "--offline", ...options, ...[cache, file].map(windowsPath)];
            const { node, env } = windowsNode();
            const { code, stderr } = await runOnWindows([node, ...install], { env, cwd: folder, timeout: 300_000 });
            assert.equal(code, 0, stderr);
            target = inHostPrefix(await makeTarget("win32-msvcrt"));
            victim = await Victim.start(target);
        });
        after(async () => {
            victim?.kill();
            await victim?.exited;
            target?.remove();
            rmSync(folder, { recursive: true, force: true });
        });

        it("installed on Windows: npm writes poolnv.cmd and poolnv.ps1, which Wine's cmd and PowerShell's users start", () => {
            const shims = join(folder, "node_modules/.bin");
            assert.match(
                readFileSync(join(shims, "poolnv.cmd"), "utf8"),
                /"%dp0%\\\.\.\\poolnv\\dist\\host\\bin\.js" +%\*/,
            );
            assert.ok(existsSync(join(shims, "poolnv.ps1")));
        });

        it("installed on Windows: poolnv.cmd passes its arguments on, and its exit code back", async () => {
            makeShimFitForWine();
            const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
            const { code, stdout, stderr } = await poolnv(["--version"]);
            assert.equal(code, 0, stderr);
            assert.equal(stdout, version);
            assert.equal((await poolnv(["atach", "two words"])).code, 2);
        });

        it("installed on Windows: setup, doctor and attach with the Python engine", async () => {
            const prepared = await poolnv(["setup", "--engine", "python"]);
            assert.equal(prepared.code, 0, prepared.stderr);
            assert.match(prepared.stdout, /Engine python (is ready|was ready already)/);
            const { findings } = JSON.parse((await poolnv(["doctor", "--json"])).stdout) as {
                findings: { id: string; level: string }[];
            };
            assert.deepEqual(
                findings.filter(({ id }) => id === "node" || id === "engine").map(({ level }) => level),
                ["ok", "ok"],
            );
            const attached = await poolnv(["attach", target.processName, "--engine", "python", "--detach"]);
            assert.equal(attached.code, 0, attached.stderr);
            assert.match(attached.stdout, /has its pool( already)?\.\n {2}engine +python/);
            assert.equal((await victim.numbers("work 1 20000 2"))["corruptions"], 0);
        });

        function poolnv(args: string[]) {
            const words = ["cmd", "/c", "node_modules\\.bin\\poolnv.cmd", ...args];
            return runOnWindows(words, { env: windowsNode().env, cwd: folder });
        }

        /** The last line begins with jumps to a label that does not exist, which end a batch file in Wine's cmd. */
        function makeShimFitForWine(): void {
            const shim = join(folder, "node_modules/.bin/poolnv.cmd");
            const text = readFileSync(shim, "utf8");
            const fit = text.replace(/^endLocal & goto #_undefined_# 2>NUL \|\| title %COMSPEC% & /m, "");
            assert.notEqual(fit, text);
            writeFileSync(shim, fit);
        }
    },
);
