import assert from "node:assert/strict";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { unzipSync } from "fflate";
import { compileTarget } from "../../fixtures/prepare/compile.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { makeTarget, type Target, whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import { cutOff, writeSaves } from "../../game/loadtest/folder-of-saves.js";
import { documentsOutput, documentsScript } from "../../programs/script/v2-document.js";
import { Installation, newHome, succeeded } from "./installation.js";
import { pack, type Packed, root } from "./packed.js";
import { testUnderWine } from "./under-wine.js";

const saveEater = fileURLToPath(new URL("../../../../test/fixtures/targets/save_eater.c", import.meta.url));

describe("from the tarball, in an empty folder of a person with an empty home", () => {
    const home = newHome(scratchFolder());
    const folders = { package: scratchFolder(), without: scratchFolder(), with: scratchFolder() };
    let packed: Packed;

    before(async () => {
        packed = await pack(folders.package);
    });

    describe("without the optional binding", () => {
        let installation: Installation;

        before(async () => {
            installation = await Installation.of(packed.file, folders.without, home, ["--omit=optional"]);
        });

        it("--version is that of the package", async () => {
            const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
            assert.equal(succeeded(await installation.npx(["--version"])).trim(), version);
        });

        it("--help of a command has examples", async () => {
            assert.match(succeeded(await installation.npx(["deploy", "--help"])), /^Examples:\n {2}\S/m);
        });

        it("settings, a document of doctor, and a list of saves need no engine", async () => {
            assert.match(succeeded(await installation.npx(["config", "--init"])), /poolnv\.ini/);
            assert.match(succeeded(await installation.npx(["saves", "."])), /0 saves/);
            const { findings } = JSON.parse((await installation.npx(["doctor", "--json"])).stdout) as {
                findings: { id: string; level: string }[];
            };
            assert.equal(findings.find(({ id }) => id === "node")?.level, "ok");
        });

        it("support writes one file beside it", async () => {
            const printed = succeeded(await installation.npx(["support", "--yes", "--output", "bundle.zip"]));
            assert.match(printed, /Wrote .*bundle\.zip/);
            const files = Object.keys(unzipSync(readFileSync(join(installation.folder, "bundle.zip"))));
            assert.ok(files.includes("doctor.json"), files.join());
        });

        it("its types are whole for who has neither the binding nor our compiler's leniency", async () => {
            await assertCompiles(installation);
        });

        describe("the main job", { skip: whyNot("linux-x64") ?? false }, () => {
            let target: Target;
            let victim: Victim;

            before(async () => {
                target = await makeTarget("linux-x64");
                victim = await Victim.start(target);
            });
            after(async () => {
                assert.equal(await victim.quit(), 0);
                target.remove();
            });

            it("setup prepares an engine, and once is enough", async () => {
                assert.match(succeeded(await installation.npx(["setup"])), /Engine python is ready/);
                assert.match(succeeded(await installation.npx(["setup"])), /Engine python was ready already/);
            });

            it("demo", async () => {
                const printed = succeeded(await installation.npx(["demo", "--pool-size", "256"]));
                assert.match(printed, /IsMemoryPoolActive >> 1/);
                assert.match(printed, /allocations served by the pool/);
            });

            it("attach, exec, run and watch", async () => {
                const pid = String(victim.pid);
                const commands = "IsMemoryPoolActive\nGetMemoryPoolUsage\n";
                const attached = succeeded(await installation.npx(["attach", pid], { input: commands }));
                assert.match(attached, /has its pool\.\n[^]*IsMemoryPoolActive >> 1/);
                await victim.order("work 1 20000 4");
                const statistics = succeeded(await installation.npx(["exec", pid, "GetMemoryPoolStats", "--json"]));
                assert.ok((JSON.parse(statistics) as { pool_allocs: number }).pool_allocs > 5000, statistics);
                writeFileSync(join(installation.folder, "check.txt"), documentsScript);
                assert.match(succeeded(await installation.npx(["run", pid, "check.txt"])), documentsOutput);
                const watched = succeeded(await installation.npx(["watch", pid, "--count", "2", "--interval", "0.1"]));
                assert.equal(watched.match(/^\S+Z {2}used \d/gm)?.length, 2, watched);
            });

            it("loadtest, with its page and JUnit", async () => {
                const program = join(folders.package, "save-eater");
                await compileTarget(saveEater, { target: "linux-x64", output: program, flags: ["-fno-builtin"] });
                writeSaves(join(installation.folder, "saves"), { whole: {}, broken: cutOff });
                const outputs = ["--report", "page.html", "--junit", "verdicts.xml"];
                const command = ["--program", program, "--", "{save}"];
                const { code, stdout, stderr } = await installation.npx([
                    "loadtest",
                    "saves",
                    "--soak",
                    "2",
                    "--pool-size",
                    "64",
                    ...outputs,
                    ...command,
                ]);
                assert.equal(code, 6, stderr);
                assert.match(
                    stdout,
                    /whole[^\n]*passed[^]*broken[^\n]*unreadable|broken[^\n]*unreadable[^]*whole[^\n]*passed/,
                );
                for (const [file, holds] of [
                    ["page.html", "whole"],
                    ["verdicts.xml", "<testsuite"],
                ] as const) {
                    assert.ok(readFileSync(join(installation.folder, file), "utf8").includes(holds), file);
                }
            });

            it("a module of one's own", async () => {
                writeFileSync(join(installation.folder, "ask.mjs"), moduleOfOnesOwn(victim.pid));
                const { active } = JSON.parse(succeeded(await installation.node("ask.mjs"))) as { active: number };
                assert.equal(active, 1);
            });

            testUnderWine(() => installation);
        });
    });

    describe(
        "with the optional binding, whose binary could not be fetched",
        { skip: whyNot("linux-x64") ?? false },
        () => {
            let installation: Installation;
            let target: Target;
            let victim: Victim;

            before(async () => {
                installation = await Installation.of(packed.file, folders.with, home, ["--ignore-scripts"]);
                target = await makeTarget("linux-x64");
                victim = await Victim.start(target);
            });
            after(async () => {
                assert.equal(await victim.quit(), 0);
                target.remove();
            });

            it("the binding is there, its binary is not", () => {
                const binding = join(installation.folder, "node_modules/frida");
                assert.ok(existsSync(join(binding, "package.json")));
                assert.ok(!existsSync(join(binding, "build/frida_binding.node")));
            });

            it("attach takes an engine that works, and exec prints", async () => {
                const pid = String(victim.pid);
                succeeded(await installation.npx(["setup"]));
                assert.match(succeeded(await installation.npx(["attach", pid, "--detach"])), /engine {2}python/);
                assert.match(succeeded(await installation.npx(["exec", pid, "IsMemoryPoolActive"])), />> 1/);
            });
        },
    );
});

function moduleOfOnesOwn(pid: number): string {
    return `import { connect } from "poolnv";
const pool = await connect(${pid});
console.log(JSON.stringify(await pool.getMemoryPoolStats()));
await pool.close();
`;
}

/** Every type that is exported, with those of Node and no others at hand. */
async function assertCompiles({ folder }: Installation): Promise<void> {
    for (const name of ["@types/node", "undici-types"]) {
        cpSync(join(root, "node_modules", name), join(folder, "node_modules", name), { recursive: true });
    }
    const options = { module: "Node16", target: "ES2022", strict: true, noEmit: true, types: ["node"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: ["use.mts"] }));
    writeFileSync(
        join(folder, "use.mts"),
        'import * as poolnv from "poolnv";\n' +
            'import { expect, scenario } from "poolnv/loadtest";\n' +
            'import { samples } from "poolnv/monitor";\n' +
            'import { listSaves } from "poolnv/saves";\n' +
            "const options: poolnv.PoolOptions = { poolSizeMb: 64 };\n" +
            'export const used: Promise<poolnv.PoolClient> = poolnv.attach("game", options);\n' +
            "export default scenario({ expectations: [expect.alive()], run: ({ launch }) => launch() });\n" +
            "export const others = [samples, listSaves];\n",
    );
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    const { failed, stdout } = await execa(process.execPath, [compiler, "-p", folder], { reject: false });
    assert.ok(!failed, stdout);
}
