import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { PoolStatistics } from "../../../shared/pool-statistics.js";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { whyNot } from "../../fixtures/support/targets.js";
import { withVictim } from "./victims.js";

type Document = Record<string, unknown>;

/** The one JSON document of a command line. */
async function documentOf(
    args: string[],
    { input = "", env = {}, exitCode = 0 }: { input?: string; env?: Record<string, string>; exitCode?: number } = {},
): Promise<Document> {
    const { code, stdout, stderr } = await poolnv(args, { input, env });
    assert.equal(code, exitCode, stdout + stderr);
    return JSON.parse(stdout) as Document;
}

const installKeys = [
    ["program", "pid", "platform", "arch", "engine", "strategy", "layers", "pool_size", "requested_size"],
    ["step_down", "already_installed", "runtimes", "patches", "stalled_ms", "log_file"],
].flat();

const statisticsKeys = [
    ["active", "strategy", "layers", "pool_size", "committed", "current_used", "peak_used", "pool_allocs"],
    ["fallback_allocs", "total_frees", "pool_frees_ignored", "reallocs", "foreign_frees", "corrupt_headers"],
    ["stray_pointers", "double_frees", "by_layer", "histogram", "address_space", "pool_limit"],
].flat();

describe("--json makes standard output exactly one document", () => {
    for (const name of ["linux-x64", "win32-msvcrt"] as const) {
        const skip = whyNot(name) ?? false;

        it(`attach and exec print one JSON document each on ${name}`, { skip }, () =>
            withVictim(name, async (victim, target) => {
                const { env } = target;
                const options = ["--pool-size", "256", "--strategy", "bump", "--layers", "crt", "--json"];
                const first = await documentOf(["attach", target.processName, "--detach", ...options], { env });
                assert.deepEqual(Object.keys(first), installKeys);
                assert.equal(first["already_installed"], false);
                assert.equal(first["pool_size"], 256 * 1048576);
                assert.equal(first["strategy"], "bump");
                assert.deepEqual(first["layers"], ["crt"]);
                assert.equal((first["engine"] as Document)["kind"], target.engine);
                const second = await documentOf(["attach", String(victim.pid), "--json", "--detach"], { env });
                assert.equal(second["already_installed"], true);
                assert.equal(second["strategy"], "bump", "the living pool stays what it is");

                const before = await victim.numbers("counters");
                const exec = (command: string) =>
                    documentOf(["exec", target.processName, ...command.split(" "), "--json"], { env });
                const statistics = (await exec("GetMemoryPoolStats")) as unknown as PoolStatistics;
                assert.deepEqual(Object.keys(statistics).sort(), [...statisticsKeys].sort());
                assert.ok(statistics.pool_allocs >= before["pool_allocs"]!);
                assert.deepEqual(await exec("IsMemoryPoolActive"), { command: "IsMemoryPoolActive", value: 1 });
                assert.deepEqual(await exec("setmemorypoolactive 0"), { command: "SetMemoryPoolActive", value: 0 });
                assert.deepEqual(await exec("IsMemoryPoolActive"), { command: "IsMemoryPoolActive", value: 0 });
                assert.deepEqual(await exec("SetMemoryPoolActive 1"), { command: "SetMemoryPoolActive", value: 1 });
                const usage = await exec("GetMemoryPoolUsage");
                assert.deepEqual(Object.keys(usage), ["command", "value"]);
                assert.ok((usage["value"] as number) >= 0);
                const { value, histogram } = await exec("GetMemoryPoolHistogram");
                assert.equal((histogram as { live: number }[]).filter(({ live }) => live > 0).length, value);
                assert.equal((await exec("ResetMemoryPool"))["command"], "ResetMemoryPool");
                assert.equal(await victim.quit(), 0);
            }),
        );
    }

    it(
        "attach --json with commands on standard input prints one document",
        { skip: whyNot("linux-x64") ?? false },
        () =>
            withVictim("linux-x64", async (victim) => {
                const input =
                    "IsMemoryPoolActive\n\nGetMemoryPoolBar\nhelp\nSetMemoryPoolActive 1\nquit\nGetMemoryPoolUsage\n";
                const { results, ...install } = await documentOf(["attach", String(victim.pid), "--json"], {
                    input,
                    exitCode: 2,
                });
                assert.deepEqual(Object.keys(install), installKeys);
                const [active, mistake, help, set, ...others] = results as Document[];
                assert.deepEqual(active, { command: "IsMemoryPoolActive", value: 1 });
                assert.equal((mistake!["error"] as Document)["code"], "USAGE");
                assert.equal(help!["command"], "help");
                assert.deepEqual(set, { command: "SetMemoryPoolActive", value: 1 });
                assert.deepEqual(others, [], "nothing behind quit is read");
            }),
    );

    it("attach --json to a program that ends prints one document", { skip: whyNot("linux-x64") ?? false }, () =>
        withVictim("linux-x64", async (victim) => {
            const input = "GetMemoryPoolUsage\n".repeat(200_000);
            const answered = documentOf(["attach", String(victim.pid), "--json"], { input, exitCode: 3 });
            const ended = answered.then(() => true);
            while ((await Promise.race([ended, pause(50, false)])) === false) {
                if ((await victim.order("counters")) !== "none") break;
            }
            await pause(500);
            victim.kill();
            const document = await answered;
            const last = (document["results"] as Document[]).at(-1)!;
            assert.equal((last["error"] as Document)["code"], "TARGET_GONE");
        }),
    );

    it("setup --json of a ready engine prints one document", { skip: whyNot("linux-x64") ?? false }, async () => {
        const { engines, ...rest } = await documentOf(["setup", "--engine", "python", "--json"]);
        assert.deepEqual(rest, {});
        const [python] = engines as Document[];
        assert.deepEqual(Object.keys(python!), ["engine", "path", "version", "changed"]);
        assert.equal(python!["engine"], "python");
        assert.equal(python!["changed"], false);
    });

    it("demo --json prints one document", { skip: whyNot("linux-x64") ?? false }, async () => {
        const document = await documentOf(["demo", "--json"]);
        const keys = ["target", "engine", "pool_size", "before", "after", "commands", "statistics"];
        assert.deepEqual(Object.keys(document), keys);
        assert.ok((document["statistics"] as PoolStatistics).pool_allocs > 1000);
    });

    it("--help --json and --version --json print one document", async () => {
        assert.match(String((await documentOf(["--version", "--json"]))["version"]), /^\d+\.\d+\.\d+/);
        assert.match(String((await documentOf(["attach", "--help", "--json"]))["help"]), /--pool-size/);
    });
});
