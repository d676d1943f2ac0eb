import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import { windowsPath } from "../../../host/process/wine.js";
import { readEnvironments } from "../../fixtures/prepare/environments.js";
import { buildStandin, type StandinOptions } from "../../fixtures/standin/build-standin.js";
import { bytesOf, hookableSites, sites } from "../../fixtures/standin/sites/index.js";
import { startStandin } from "../../fixtures/standin/start-standin.js";
import { whyNot } from "../../fixtures/support/targets.js";
import type { Victim } from "../../fixtures/support/victim.js";
import { generateSave } from "../saves/generate-save.js";
import { harms } from "./harms.js";

/** Not the game's name: suites that search for that must not find this one. */
const fileName = `Standin-${process.pid}.exe`;

describe("the running stand-in", { skip: whyNot("win32-ucrt") ?? false }, () => {
    let program: string;
    let standin: Victim;
    const folders: string[] = [];

    before(async () => {
        program = await build({});
        const saves = join(dirname(program), "saves");
        mkdirSync(saves);
        writeFileSync(join(saves, "small.fos"), Buffer.concat([generateSave(), Buffer.alloc(50_000, 7)]));
        writeFileSync(join(saves, "large one.fos"), Buffer.concat([generateSave(), randomBytes(1_500_000)]));
        writeFileSync(join(saves, "torn.fos"), generateSave().subarray(0, 90));
        writeFileSync(join(saves, "other.fos"), Buffer.alloc(5000, 1));
        standin = await startStandin(program, ["--saves", windowsPath(saves)]);
    });
    after(async () => {
        standin?.kill();
        for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    });

    it("stand-in: has the listed bytes in memory at every address", async () => {
        for (const site of sites.filter(({ bytes }) => bytes !== "")) {
            const found = await standin.order(`peek ${site.address.toString(16)} ${bytesOf(site).length}`);
            assert.equal(found, Buffer.from(bytesOf(site)).toString("hex"), site.name);
        }
    });

    it("stand-in: runs 2000 frames without corruption, and calls each function family as planned", async () => {
        await standin.order("pause");
        const before = await standin.numbers("check");
        const times = await standin.numbers("frames 2000");
        const after = await standin.numbers("check");
        await standin.order("resume");
        assert.equal(times["frames"], 2000);
        assert.equal(after["frames"]! - before["frames"]!, 2000);
        for (const kind of harms) assert.equal(after[kind], 0, await standin.order("fault"));
        const perFrame = (kind: string) => (after[kind]! - before[kind]!) / 2000;
        assert.ok(perFrame("heap_calls") > 1000 && perFrame("heap_calls") < 2000, String(perFrame("heap_calls")));
        assert.ok(perFrame("crt_calls") > 20 && perFrame("crt_calls") < 200, String(perFrame("crt_calls")));
        assert.ok(perFrame("scrap_calls") > 50 && perFrame("scrap_calls") < 250, String(perFrame("scrap_calls")));
        assert.ok(perFrame("stale_reads") > 10, String(perFrame("stale_reads")));
        assert.ok(after["stale_lost"]! < after["stale_reads"]!);
        assert.ok(after["misuses"]! - before["misuses"]! >= 2 * Math.floor(2000 / 32));
    });

    it("stand-in: every counted call reaches the vanilla code", async () => {
        await standin.order("pause");
        const [calls, vanilla] = [await standin.numbers("calls"), await standin.numbers("vanilla")];
        await standin.order("resume");
        for (const kind of [
            "malloc",
            "calloc",
            "recalloc",
            "free",
            "scrap_of_thread",
            "scrap_allocate",
            "scrap_free",
        ]) {
            assert.equal(vanilla[kind], calls[kind], kind);
        }
        for (const kind of ["heap_allocate", "heap_free"])
        // a block that is resized is a new one
        {
            assert.equal(vanilla[kind], calls[kind]! + calls["heap_reallocate"]!, kind);
        }
        assert.equal(vanilla["realloc"], calls["realloc"]! + calls["recalloc"]!);
    });

    it("stand-in: every hookable place works the same by a trampoline", async () => {
        const answer = await standin.numbers("trampolines");
        assert.equal(answer["failures"], 0);
        assert.equal(answer["places"], hookableSites.filter(({ signature }) => signature !== null).length);
        assert.equal(answer["passed"], answer["places"]);
        await standin.order("console");
    });

    it("stand-in: holds blocks, resizes and frees them", async () => {
        assert.equal(await standin.order("hold 100000"), "taken=100000");
        assert.equal((await standin.numbers("check"))["held"], 100_000);
        assert.ok((await standin.numbers("resize"))["resized"]! > 40_000);
        assert.equal(await standin.order("drop"), "dropped=100000 corruptions=0");
    });

    it("stand-in: loads a saved game over several frames, with memory in proportion", async () => {
        const small = await loaded("small");
        assert.ok(Number(small["load_frames"]) >= 5, small["load_frames"]);
        assert.equal(small["loads"], "1");
        const large = await loaded("large one");
        assert.equal(large["loads"], "2");
        assert.equal(large["loading"], "0");
        assert.ok(Number(large["load_ms"]) > 0);
        const bytes = Number(large["loaded_bytes"]);
        assert.ok(bytes > 4 * 1_500_000 && bytes < 4.2 * 1_500_000, String(bytes));
        assert.ok(Number(large["loaded_blocks"]) > 10_000);
    });

    it("stand-in: sets the game's loading flag, and drops console lines meanwhile", async () => {
        const saves = Buffer.from(await standin.order("peek 011DE134 4"), "hex").readUInt32LE();
        const flag = () => standin.order(`peek ${(saves + 0x26).toString(16)} 1`);
        assert.equal(await flag(), "00");
        assert.equal(await standin.order('script load "large one"'), "done=1");
        assert.equal(await flag(), "01");
        assert.equal(await standin.order("script print unheard"), "done=1");
        const state = await standin.order("state");
        assert.match(state, /loading=1 loads=2 .*dropped_lines=1 .*last_loaded="large one"/);
        while (/loading=1/.test(await standin.order("state"))) await standin.order("frames 5");
        assert.equal(await flag(), "00");
        assert.match(await standin.order("state"), /loads=3 /);
        assert.equal(await standin.order("console"), "[]");
    });

    it("stand-in: refuses a file that is no saved game, and prints that on the console", async () => {
        for (const name of ["none", "torn", "other"]) assert.equal(await standin.order(`load ${name}`), "failed");
        assert.deepEqual(await consoleLines(), [
            'Could not load "none": there is no such file',
            'Could not load "torn": it is no saved game',
            'Could not load "other": it is no saved game',
        ]);
        assert.match(await standin.order("state"), /loads=3 /);
    });

    it("stand-in: runs script lines and records what they print", async () => {
        assert.equal(await standin.order('script PrintC "50% of \\ "'), "done=1");
        assert.equal(await standin.order("script Frobnicate 1"), "done=0");
        assert.deepEqual(await consoleLines(), ["50% of \\ ", 'Script command "Frobnicate" not found.']);
        assert.deepEqual(await consoleLines(), []);
    });

    it("stand-in: runs the cleanup that was requested", async () => {
        assert.match(await standin.order("state"), /compactions=0/);
        await standin.order("compact");
        await standin.order("frames 2");
        assert.match(await standin.order("state"), /compactions=1/);
    });

    it("stand-in: runs for a given time, and stops on request", async () => {
        const times = await standin.numbers("run 1");
        assert.ok(times["frames"]! > 10);
        const began = Date.now();
        const stopped = standin.numbers("run 60");
        await pause(300);
        const rest = standin.order("stop\npid"); // the first has no answer of its own
        assert.ok((await stopped)["frames"]! > 0);
        assert.match(await rest, /^pid=\d+$/);
        assert.ok(Date.now() - began < 30_000);
    });

    it("stand-in: has no corruption after all of that, and exits with 0", async () => {
        const answer = await standin.numbers("check");
        for (const kind of harms) assert.equal(answer[kind], 0, await standin.order("fault"));
        assert.equal(await standin.quit(0), 0);
    });

    it("stand-in: reports main-thread functions that another thread calls", async () => {
        const other = await startStandin(program);
        assert.ok((await other.numbers("elsewhere print hello"))["violations"]! > 0);
        assert.match(await other.order("fault"), /^violation: .* by a courier$/);
        assert.equal(await other.quit(0), 1);
    });

    it("stand-in: detects a write to a block in use", async () => {
        const other = await startStandin(program, ["--hold", "50"]);
        assert.equal((await other.numbers("check"))["corruptions"], 0);
        await other.order("harm");
        assert.equal((await other.numbers("check"))["corruptions"], 1);
        assert.match(await other.order("fault"), /^corruption: a block in use was written to/);
        assert.equal(await other.quit(0), 1);
    });

    it("stand-in: holds millions of the smallest blocks", async () => {
        const other = await startStandin(program, ["--cells", "2000000", "--calls", "200"]);
        await other.order("frames 50");
        const answer = await other.numbers("check");
        for (const kind of harms) assert.equal(answer[kind], 0, await other.order("fault"));
        assert.equal(answer["cells"], 2_000_000);
        assert.equal(await other.quit(0), 0);
    });

    it("stand-in: runs without standard input", async () => {
        const { wine } = readEnvironments();
        assert.ok(wine.ready);
        const command = [wine.wine, program, "--seconds", "1", "--fps", "30"];
        // Wine's services would hold a pipe open.
        const closed = await execa(
            "sh",
            ["-c", '"$@" <&- >"$0" 2>/dev/null', join(dirname(program), "output"), ...command],
            {
                reject: false,
                timeout: 60_000,
            },
        );
        assert.equal(closed.exitCode, 0);
    });

    it("stand-in: works with functions that another mod has hooked", async () => {
        const hookedFirst = hookableSites.filter(({ published }) => published).map(({ name }) => name);
        const other = await startStandin(await build({ hookedFirst }));
        const answer = await other.numbers("trampolines");
        assert.equal(answer["failures"], 0);
        assert.equal(answer["passed"], answer["places"]);
        assert.equal(await other.order("peek AA3E40 1"), "e9");
        await other.order("frames 100");
        assert.equal((await other.numbers("check"))["corruptions"], 0);
        assert.equal(await other.quit(0), 0);
    });

    it("stand-in: a protected one has readable code after its stub has run", async () => {
        const other = await startStandin(await build({ protected: true, largeAddressAware: false }));
        assert.equal(await other.order("peek AA3E40 9"), "558bec83ec3c894dd0");
        await other.order("frames 100");
        assert.equal((await other.numbers("check"))["corruptions"], 0);
        assert.equal(await other.quit(0), 0);
    });

    it("stand-in: loads the library of another heap replacer, or reports that it can't", async () => {
        const other = await build({ otherReplacers: ["syringe/psycho.dll"] });
        const running = await startStandin(other, ["--other-replacer", "syringe\\psycho.dll"]);
        assert.equal(await running.quit(0), 0);
        await assert.rejects(startStandin(other, ["--other-replacer", "missing.dll"]), /the victim said undefined/);
    });

    async function loaded(name: string): Promise<Record<string, string>> {
        const answer = await standin.order(`load ${name}`);
        assert.ok(answer.endsWith(`last_loaded="${name}"`), answer);
        return Object.fromEntries([...answer.matchAll(/(\w+)=(\d+)/g)].map(([, key, value]) => [key!, value!]));
    }

    async function consoleLines(): Promise<unknown> {
        return JSON.parse(await standin.order("console"));
    }

    async function build(options: StandinOptions): Promise<string> {
        const built = await buildStandin({ fileName, ...options });
        folders.push(dirname(built));
        return built;
    }
});

/** The same each time. */
function randomBytes(count: number): Buffer {
    let state = 1;
    return Buffer.from(Uint8Array.from({ length: count }, () => (state = (state * 48_271) % 0x7fff_ffff) & 0xff));
}
