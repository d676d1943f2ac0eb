import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { it } from "node:test";
import type { LaunchOptions } from "../../host/client/launch.js";
import type { PoolClient } from "../../host/client/pool-client.js";
import { prepareProgram } from "../../host/demo/demo-program.js";
import { UserError } from "../../host/errors.js";
import { scratchFolder } from "../fixtures/support/scratch-folder.js";
import { run } from "./command-runner.js";
import { fakeClient, FakeTransport, snapshotOf, statistics } from "./fake-transport.js";

/** On Windows the demo takes a 32-bit program, which not every machine can make. */
const skip = await prepareProgram(scratchFolder(), () => {}).then(
    () => false,
    (error: unknown) => (error instanceof UserError ? error.message : false),
);

const temporary = scratchFolder();
process.env["TMPDIR"] = process.env["TEMP"] = temporary; // Windows reads TEMP

/** Allocations that the pool is said to have served. */
let servedAllocations = 100_000_000;

/** Starts the program without a pool: only the demo around it is tested here. */
async function launchPlain(program: string, args: string[] = [], _options: LaunchOptions = {}): Promise<PoolClient> {
    const child = spawn(program, args, { stdio: "ignore" });
    const transport = new FakeTransport();
    transport.answers.snapshot = () => snapshotOf({ ...statistics, pool_allocs: servedAllocations });
    transport.facts.pid = child.pid ?? 0;
    void once(child, "exit").then(() => transport.end("process-terminated"));
    return fakeClient(transport);
}

it(
    "poolnv demo prepares a missing engine, measures twice, runs console commands and removes its files",
    { skip },
    async () => {
        let launches = 0;
        const launch: typeof launchPlain = async (...all) => {
            if (++launches === 1) throw new UserError("NO_ENGINE", "There is no engine.", "poolnv setup");
            return launchPlain(...all);
        };
        const { code, stdout, stderr, calls } = await run(["demo"], { services: { launch } });
        assert.equal(code, 0, stderr);
        assert.deepEqual(
            calls.map((call) => call.name),
            ["setupEngine"],
        );
        assert.match(
            stdout,
            /^IsMemoryPoolActive >> 1\nGetMemoryPoolUsage >> 487\.23\n=== Memory Pool Statistics ===\n/,
        );
        assert.match(stdout, /time per operation +│ +[\d.]+ ns │ +[\d.]+ ns/);
        assert.match(stdout, /allocations served by the pool +│ +- │ +100000000/);
        assert.deepEqual(await readdir(temporary), []);
    },
);

it("poolnv demo --json prints one document, and a program that ends early is a fault", { skip }, async () => {
    const { stdout } = await run(["demo", "--json", "--quiet"], { services: { launch: launchPlain } });
    const document = JSON.parse(stdout) as Record<string, { operations?: number; ns_per_operation?: number }>;
    assert.deepEqual(Object.keys(document), [
        "target",
        "engine",
        "pool_size",
        "before",
        "after",
        "commands",
        "statistics",
    ]);
    assert.equal(document["before"]?.operations, document["after"]?.operations);

    const launch = async () => launchPlain(process.execPath, ["-e", "process.exit(3)"]);
    const { code, stderr } = await run(["demo"], { services: { launch } });
    assert.equal(code, 1);
    assert.match(stderr, /ended early: the program has ended/);
});

it(
    "poolnv demo fails if the program's allocations did not reach the pool: a comparison of nothing is none",
    { skip },
    async () => {
        servedAllocations = 4;
        const { code, stdout, stderr } = await run(["demo"], { services: { launch: launchPlain } });
        assert.equal(code, 5, stderr);
        assert.match(stderr, /only 16 of the \d+ allocations of the demo's program reached the pool/);
        assert.match(stderr, /C compiler/);
        assert.equal(stdout, "");
    },
);
