import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { attach } from "../../../host/index.js";
import { type Sample, samples } from "../../../host/monitor/index.js";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { type Target, whyNot } from "../../fixtures/support/targets.js";
import type { Victim } from "../../fixtures/support/victim.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { ConsoleProcess } from "../cli/console-process.js";
import { assertErrorText } from "../cli/expected-error.js";
import { withVictim } from "../cli/victims.js";

interface Document {
    ended: string;
    interval_s: number;
    samples: { elapsed_s: number; pool_allocs: number; total_frees: number; rates: Sample["rates"] }[];
    histogram: { live: number }[];
}

/** `poolnv watch` without a terminal, on real programs of this system and of Windows under Wine. */
for (const name of ["linux-x64", "win32-msvcrt"] as const) {
    const withPool = (work: (victim: Victim, target: Target) => Promise<void>) => () =>
        withVictim(name, async (victim, target) => {
            const { code, stderr } = await poolnv(["attach", String(victim.pid), "--detach"], target);
            assert.equal(code, 0, stderr);
            await work(victim, target);
        });

    describe(`watching a ${name} program without a terminal`, { skip: whyNot(name) ?? false }, () => {
        it(
            `poolnv watch of a ${name} program prints a line for each sample`,
            withPool(async (victim, target) => {
                const args = ["watch", String(victim.pid), "--count", "3", "--interval", "0.2"];
                const { code, stdout, stderr } = await poolnv(args, target);
                assert.equal(code, 0, stderr);
                const lines = stdout.split("\n");
                assert.equal(lines.length, 3);
                for (const line of lines) {
                    assert.match(line, /^\d{4}-\S+Z {2}used \d+\.\d\d of 1536\.00 MB {2}peak .* fallbacks (-|\d+)\/s/);
                }
                assert.equal(await victim.quit(), 0);
            }),
        );

        it(
            `poolnv watch --json of a ${name} program prints one document, whose rates add up to all calls`,
            withPool(async (victim, target) => {
                const table = join(target.folder, "samples.csv");
                const args = ["watch", String(victim.pid), "--interval", "0.1", "--json", "--csv", table];
                const held = new ConsoleProcess(args, target.env);
                await waitUntil("the first sample", () => existsSync(table) && readFileSync(table, "utf8").length > 0);
                for (let seed = 1; seed <= 20; seed++) await victim.order(`work ${seed} 20000 4`);
                const after = await victim.numbers("counters");
                await new Promise((resolve) => setTimeout(resolve, 500));
                held.process.kill("SIGINT");
                assert.equal(await held.ended, 0, held.stderr);
                const document = JSON.parse(held.stdout) as Document;
                assert.equal(document.ended, "interrupted");
                assert.equal(document.interval_s, 0.1);
                const taken = document.samples;
                assert.ok(taken.length > 3);
                const counted = taken.slice(1).reduce((sum, { elapsed_s, rates }, index) => {
                    return sum + rates!.allocs * (elapsed_s - taken[index]!.elapsed_s);
                }, taken[0]!.pool_allocs);
                assert.equal(Math.round(counted), taken.at(-1)!.pool_allocs);
                assert.ok(taken.at(-1)!.pool_allocs >= after["pool_allocs"]!);
                assert.ok(document.histogram.length > 10);
                assert.equal(await victim.quit(), 0);
            }),
        );

        it(
            `poolnv watch --csv of a ${name} program writes a table, and does not overwrite a file without --force`,
            withPool(async (victim, target) => {
                const file = join(target.folder, "samples.csv");
                const args = ["watch", String(victim.pid), "--count", "2", "--interval", "0.1", "--csv", file];
                assert.equal((await poolnv(args, target)).code, 0);
                assertTable(readFileSync(file, "utf8"), 2);
                const again = await poolnv(args, target);
                assertErrorText(again, {
                    exitCode: 2,
                    code: "FILE_EXISTS",
                    message: /samples\.csv exists already/,
                    resolution: /--force/,
                });
                assert.equal((await poolnv([...args, "--force", "--quiet"], target)).code, 0);
                assertTable(readFileSync(file, "utf8"), 2);
                const piped = await poolnv([...args.slice(0, -1), "-"], target);
                assertTable(`${piped.stdout}\n`, 2);
                assert.equal(await victim.quit(), 0);
            }),
        );

        it(
            `poolnv watch --prometheus of a ${name} program replaces the file atomically`,
            withPool(async (victim, target) => {
                const file = join(target.folder, "poolnv.prom");
                writeFileSync(file, "of an earlier session\n");
                await victim.order("work 1 1000 4");
                const args = ["watch", String(victim.pid), "--interval", "0.1", "--prometheus", file];
                const held = new ConsoleProcess(args, target.env);
                await held.hears(/fallbacks \d+\/s/);
                for (let poll = 0; poll < 200; poll++) {
                    const text = readFileSync(file, "utf8");
                    assert.match(text, /^# HELP poolnv_active .*\n# TYPE poolnv_active gauge\npoolnv_active\{.*\} 1\n/);
                    assert.match(text, /\npoolnv_class_blocks_total\{max_size="\d+",.*\} \d+\n$/);
                    await new Promise((resolve) => setTimeout(resolve, 2));
                }
                held.process.kill("SIGTERM");
                assert.equal(await held.ended, 0, held.stderr);
                const left = readdirSync(target.folder).filter((entry) => entry.endsWith(".tmp"));
                assert.deepEqual(left, []);
                assert.equal(await victim.quit(), 0);
            }),
        );

        it(
            `poolnv watch of a ${name} program ends with the program and says so`,
            withPool(async (victim, target) => {
                const held = new ConsoleProcess(["watch", String(victim.pid), "--interval", "0.2"], target.env);
                const asDocument = new ConsoleProcess(["watch", String(victim.pid), "--json"], target.env);
                await held.hears(/fallbacks \d+\/s/);
                await new Promise((resolve) => setTimeout(resolve, 1500));
                assert.equal(await victim.quit(), 0);
                assert.equal(await held.ended, 0, held.stderr);
                assert.match(
                    held.stdout,
                    RegExp(`${target.processName} \\(pid \\d+\\) is gone: the program has ended\\.\n$`),
                );
                assert.equal(await asDocument.ended, 0, asDocument.stderr);
                assert.equal((JSON.parse(asDocument.stdout) as Document).ended, "program ended");
            }),
        );

        it(
            `samples() of a ${name} program yields samples until the script stops`,
            withPool(async (victim) => {
                const pool = await attach(victim.pid);
                try {
                    const taken: Sample[] = [];
                    for await (const sample of samples(pool, { intervalMs: 100 })) {
                        taken.push(sample);
                        if (taken.length === 4) break;
                        await victim.order(`work ${taken.length} 1000 4`);
                    }
                    assert.equal(taken[0]!.rates, null);
                    for (const [index, sample] of taken.slice(1).entries()) {
                        assert.ok(sample.elapsed > taken[index]!.elapsed);
                        assert.ok(sample.rates!.allocs > 0);
                    }
                } finally {
                    await pool.close();
                }
                assert.equal(await victim.quit(), 0);
            }),
        );
    });
}

describe("watching without a terminal", { skip: whyNot("linux-x64") ?? false }, () => {
    it("poolnv watch ends when the reader of its output is gone", () =>
        withVictim("linux-x64", async (victim) => {
            await poolnv(["attach", String(victim.pid), "--detach"]);
            const held = new ConsoleProcess(["watch", String(victim.pid), "--interval", "0.1"]);
            await held.hears(/fallbacks/);
            held.process.stdout.destroy();
            assert.equal(await held.ended, 0, held.stderr);
        }));

    it("poolnv watch refuses a program without a pool", () =>
        withVictim("linux-x64", async (victim) => {
            const run = await poolnv(["watch", String(victim.pid)]);
            assertErrorText(run, { exitCode: 5, code: "NO_POOL", message: /pool/, resolution: /poolnv attach/ });
            const { stdout } = await poolnv(["exec", String(victim.pid), "IsMemoryPoolActive", "--json"]);
            assert.match(stdout, /NO_POOL/, "nothing was installed");
        }));

    it("poolnv watch names the file that can't be written", () =>
        withVictim("linux-x64", async (victim, target) => {
            await poolnv(["attach", String(victim.pid), "--detach"]);
            for (const [option, file] of [
                ["--csv", join(target.folder, "none", "a.csv")],
                ["--prometheus", join(target.folder, "none", "a.prom")],
            ] as const) {
                const { code, stderr } = await poolnv(["watch", String(victim.pid), option, file, "--count", "1"]);
                assert.equal(code, 2, stderr);
                assert.match(stderr, RegExp(`${file} can't be written: .*\n {2}Name a file in an existing folder`));
            }
        }));
});

function assertTable(text: string, rows: number): void {
    const [header = "", ...lines] = text.split("\n");
    const names = header.split(",");
    assert.deepEqual(names.slice(0, 6), ["time", "elapsed_s", "active", "pool_size", "committed", "current_used"]);
    assert.equal(lines.pop(), "");
    assert.equal(lines.length, rows);
    for (const line of lines) {
        const values = line.split(",");
        assert.equal(values.length, names.length);
        assert.ok(Number.isFinite(Date.parse(values[0]!)));
        assert.equal(values[names.indexOf("pool_size")], String(1536 * 1_048_576));
    }
}
