import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { strFromU8, unzipSync } from "fflate";
import { scratchFolder } from "../fixtures/support/scratch-folder.js";
import { placeGame } from "../game/installations/fake-steam.js";
import { run } from "./command-runner.js";

const scratch = scratchFolder();
const home = join(scratch, "ann of the test");
const game = join(home, "Games/Fallout New Vegas");
const plugins = join(game, "Data/NVSE/Plugins");
const env = { HOME: home, USER: "annofthetest" };

placeGame(game);
mkdirSync(plugins, { recursive: true });
writeFileSync(join(plugins, "poolnv.ini"), `[pool]\n; of annofthetest\nlog = ${home}/pool.log\n`);
writeFileSync(
    join(plugins, "MemoryPool_Debug.log"),
    `2026-11-23T08:04:28.897Z log at Z:${home.replaceAll("/", "\\")}\\x\nsecret = 1\n`,
);
writeFileSync(join(game, "poolnv-launch.log"), "attaching for annofthetest\n");

/** The texts of a bundle by name. */
function contents(file: string): Record<string, string> {
    return Object.fromEntries(
        Object.entries(unzipSync(readFileSync(file))).map(([name, bytes]) => [name, strFromU8(bytes)]),
    );
}

describe("poolnv support", { skip: process.platform === "win32" ? "the made-up home is one of Linux" : false }, () => {
    it("poolnv support: without a terminal and --yes, prints the parts, writes nothing and exits with 2", async () => {
        const file = join(scratch, "unasked.zip");
        const { code, stdout, stderr } = await run(["support", "--output", file], { env });
        assert.equal(code, 2);
        assert.match(stderr, /not a terminal to ask on[^]*--yes/);
        for (const name of ["system.json", "doctor.json", "configuration.json", "poolnv.ini", "pool.log"]) {
            assert.match(stdout, new RegExp(`^ {2}${name} .*KB`, "m"));
        }
        assert.match(stdout, /replaced in it/);
        assert.ok(!existsSync(file));
    });

    it("poolnv support: writes one file, without the names of user and machine", async () => {
        const before = readdirSync(scratch, { recursive: true }).length;
        const file = join(scratch, "bundle.zip");
        const { code, stdout, stderr } = await run(["support", "--output", file, "--yes"], { env });
        assert.equal(code, 0, stderr);
        assert.match(stdout, /Wrote .*bundle\.zip/);
        assert.equal(readdirSync(scratch, { recursive: true }).length, before + 1);
        const texts = contents(file);
        assert.deepEqual(Object.keys(texts).sort(), [
            "configuration.json",
            "doctor.json",
            "pool.log",
            "poolnv-launch.log",
            "poolnv.ini",
            "system.json",
        ]);
        for (const [name, text] of Object.entries(texts)) assert.doesNotMatch(text, /ann ?of ?the ?test/i, name);
        assert.match(texts["poolnv.ini"]!, /; of <user>\nlog = <home>\/pool\.log/);
        assert.equal(texts["pool.log"], "2026-11-23T08:04:28.897Z log at <home>\\x\n", "only lines of a log");
        const { findings } = JSON.parse(texts["doctor.json"]!) as { findings: { id: string; message: string }[] };
        assert.match(findings.find(({ id }) => id === "game")!.message, /<home>\/Games/);
        const { settings } = JSON.parse(texts["configuration.json"]!) as { settings: { log: { value: string } } };
        assert.equal(settings.log.value, "<home>/pool.log");
    });

    it("poolnv support --keep-names: keeps names", async () => {
        const file = join(scratch, "names.zip");
        assert.equal((await run(["support", "--output", file, "--yes", "--keep-names"], { env })).code, 0);
        assert.match(contents(file)["poolnv.ini"]!, /annofthetest/);
    });

    it("poolnv support --json: prints one document, and overwrites only with --force", async () => {
        const file = join(scratch, "scripted.zip");
        const words = ["support", "--output", file, "--yes", "--json"];
        const document = JSON.parse((await run(words, { env })).stdout) as {
            file: string;
            names_kept: boolean;
            files: { name: string; size: number }[];
        };
        assert.deepEqual([document.file, document.names_kept], [file, false]);
        const log = contents(file)["pool.log"]!;
        assert.equal(document.files.find(({ name }) => name === "pool.log")!.size, Buffer.byteLength(log));
        const { code, stdout } = await run(words, { env });
        assert.equal(code, 2);
        assert.equal((JSON.parse(stdout) as { error: { code: string } }).error.code, "FILE_EXISTS");
        assert.equal((await run([...words, "--force"], { env })).code, 0);
    });

    it("poolnv support: includes nothing of files that are links to something else", async () => {
        const other = join(scratch, "other/Fallout New Vegas");
        placeGame(other);
        mkdirSync(join(other, "Data/NVSE/Plugins"), { recursive: true });
        writeFileSync(join(scratch, "secret.txt"), "the secret\n");
        symlinkSync(join(scratch, "secret.txt"), join(other, "poolnv-launch.log"));
        symlinkSync(join(scratch, "secret.txt"), join(other, "Data/NVSE/Plugins/MemoryPool_Debug.log"));
        symlinkSync(join(scratch, "secret.txt"), join(other, "Data/NVSE/Plugins/poolnv.ini"));
        symlinkSync(join(scratch, "secret.txt"), join(other, "poolnv-deploy.json"));
        const file = join(scratch, "linked.zip");
        assert.equal((await run(["support", "--game", other, "--output", file, "--yes"], { env })).code, 0);
        const texts = contents(file);
        assert.deepEqual(Object.keys(texts).sort(), ["doctor.json", "system.json"]);
        assert.doesNotMatch(texts["doctor.json"]!, /the secret/);
        assert.match(texts["doctor.json"]!, /link to a file without valid settings/);
    });

    it("poolnv support: includes an invalid settings file", async () => {
        const wrong = join(scratch, "wrong/Fallout New Vegas");
        placeGame(wrong);
        mkdirSync(join(wrong, "Data/NVSE/Plugins"), { recursive: true });
        writeFileSync(join(wrong, "Data/NVSE/Plugins/poolnv.ini"), "[pool]\npool_size_mb = lots\n");
        const file = join(scratch, "wrong.zip");
        assert.equal((await run(["support", "--game", wrong, "--output", file, "--yes"], { env })).code, 0);
        const texts = contents(file);
        assert.match(texts["poolnv.ini"]!, /= lots/);
        assert.match(texts["doctor.json"]!, /lots/);
    });

    it("poolnv support: reports a file that can't be written, exit code 2", async () => {
        const file = join(scratch, "none/bundle.zip");
        const { code, stderr } = await run(["support", "--output", file, "--yes"], { env });
        assert.equal(code, 2);
        assert.match(stderr, /can't be written[^]*--output FILE/);
    });
});
