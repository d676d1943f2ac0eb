import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { pidsWhere } from "../../fixtures/support/running.js";
import { makeTarget, type Target, whyNot } from "../../fixtures/support/targets.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { ConsoleProcess } from "../../programs/cli/console-process.js";
import { run } from "../../unit/command-runner.js";
import { assertJunit, assertVerdicts, type Expected, recordsOf } from "./expected-verdicts.js";
import { cutOff, hostilePlayer, writeSaves } from "./folder-of-saves.js";
import { killAndResume } from "./killed-host.js";

const source = fileURLToPath(new URL("../../../../test/fixtures/targets/save_eater.c", import.meta.url));

/** The location in the header of a save selects what the program does with it. */
const saves = {
    "Save 1": {},
    "Save 2": { location: "GLUT" },
    "Save 3": { location: "CRASH" },
    "Save 4": { location: "HANG" },
    "Save 5": cutOff,
    "Save 6": { player: hostilePlayer },
    "Save 7": { location: "LEAVE" },
    "Save 8": { location: "FAIL" },
    "Save 9 'of' \"$(many)\" quotes": {},
    "Save 10": { location: "FAIL" },
    "Save 11": Buffer.from("FO3SAVEGAME, or so it says"),
    "Save 12": { location: "LEAVE" },
    "Save 13 \udcff'\udc80%": { location: "FAIL" }, // bytes that are no UTF-8
    "Save 14 \udcff": {},
};

const leaves: Expected = ["failed", /ended by itself, without an error/, /^alive: /m];

const expected: Record<string, Expected> = {
    "Save 1.fos": ["passed"],
    "Save 2.fos": ["failed", /^usage below 90%: /m, /^fallback below 0.1%: /m],
    "Save 3.fos": ["crashed", /signal SIGSEGV \(access violation\) at 0x[0-9a-f]+ in \S+\+0x[0-9a-f]+$/],
    "Save 4.fos": ["hung", /^no call has reached its pool for \d+ s$/],
    "Save 5.fos": ["unreadable", /it ends at byte 40/],
    "Save 6.fos": ["passed"],
    "Save 7.fos": leaves,
    "Save 8.fos": ["crashed", /exit code 3/],
    "Save 9 'of' \"$(many)\" quotes.fos": ["passed"],
    "Save 10.fos": ["crashed", /exit code 3/],
    "Save 11.fos": ["unreadable"],
    "Save 12.fos": leaves,
    "Save 13 \\xff'\\x80%.fos": ["crashed", /exit code 3/],
    "Save 14 \\xff.fos": ["passed"],
};

describe("poolnv loadtest of a Linux program", { skip: whyNot("linux-x64") ?? false }, () => {
    let target: Target;
    let folder: string;

    before(async () => {
        target = await makeTarget("linux-x64", { source });
        folder = join(target.folder, "saves");
        writeSaves(folder, saves);
    });
    after(() => target.remove());

    const command = (results: string, ...options: string[]) => [
        ...[
            "loadtest",
            folder,
            "--results",
            results,
            "--soak",
            "5",
            "--hang-limit",
            "3",
            "--interval",
            "0.5",
            "--pool-size",
            "64",
        ],
        ...options,
        ...["--", target.victim, "{save}"],
    ];
    const isProgram = (args: string[]) => args[0] === target.victim;

    it("poolnv loadtest of a Linux program gives each save its verdict, though its host is killed and resumed", async () => {
        const results = join(target.folder, "results.jsonl");
        const junit = join(target.folder, "verdicts.xml");
        const resumed = await killAndResume(command(results, "--junit", junit, "--callers", "20"), {
            results,
            killedAt: 5,
            isProgram,
            env: target.env,
        });
        assert.equal(resumed.code, 6, resumed.stderr);
        assert.match(resumed.stdout, /4 of 14 passed/);
        const found = await assertVerdicts(results, expected);
        assertJunit(readFileSync(junit, "utf8"), expected);
        assert.deepEqual(pidsWhere(isProgram), [], "the started program is ended");
        const glut = found.get("Save 2.fos")!;
        assert.ok(glut.peak_used > 0.9 * 64 * 1048576);
        assert.ok(glut.fallback_share > 0.001);
        assert.equal(found.get("Save 3.fos")!.exit!.signal, "SIGSEGV");
        assert.match(found.get("Save 3.fos")!.exit!.module!, /^victim-/);
        await assertWhole(results);
    });

    it("poolnv loadtest of a Linux program ends the program and prints the verdicts so far at Ctrl-C", async () => {
        const results = join(target.folder, "interrupted.jsonl");
        const host = new ConsoleProcess(command(results), target.env);
        await waitUntil("its first sample", () => pidsWhere(isProgram).length > 0);
        host.process.kill("SIGINT");
        assert.equal(await host.ended, 0, host.stderr);
        assert.match(host.stdout, /not reached/);
        assert.match(host.stderr, /--resume/);
        assert.deepEqual(pidsWhere(isProgram), []);
        assert.deepEqual((await recordsOf(results)).at(-1)!.kind, "end");
        rmSync(results);
    });

    it("poolnv loadtest refuses --session with {save}, and existing or different results", async () => {
        const { code, stderr } = await run(command(join(target.folder, "other.jsonl"), "--session"));
        assert.equal(code, 2);
        assert.match(stderr, /--session, or \{save\}/);
        const again = await run(command(join(target.folder, "results.jsonl")));
        assert.equal(again.code, 2);
        assert.match(again.stderr, /--resume/);
        const other = await run(command(join(target.folder, "results.jsonl"), "--resume", "--shard", "1/2"));
        assert.equal(other.code, 2);
        assert.match(other.stderr, /results of another run: its shard/);
    });
});

/** Asserts that samples, callers, events and headers are complete and in order. */
async function assertWhole(results: string): Promise<void> {
    const records = await recordsOf(results);
    assert.equal(records.filter(({ kind }) => kind === "resumed").length, 1);
    assert.deepEqual(records.at(-1), {
        kind: "end",
        at_ms: (records.at(-1) as { at_ms: number }).at_ms,
        reason: "finished",
    });
    const ofFirst = records.filter((record) => "save" in record && record.save === 0);
    const samples = ofFirst.filter((record) => record.kind === "sample");
    assert.ok(samples.length >= 5);
    assert.ok(samples.slice(0, -1).every(({ statistics }) => statistics.histogram === undefined));
    assert.ok(samples.at(-1)!.statistics.histogram!.length > 10);
    const [asked] = ofFirst.filter((record) => record.kind === "callers");
    assert.ok(
        asked?.callers.some(
            ({ module, function: name, blocks }) => /^victim-/.test(module) && name !== null && blocks > 0,
        ),
        `its callers: ${JSON.stringify(asked)}`,
    );
    const events = ofFirst.filter((record) => record.kind === "event").map(({ event }) => event);
    assert.deepEqual(events, ["launched", "installed", "loaded", "left"]);
    const hostile = records.find((record) => record.kind === "save" && record.file === "Save 6.fos");
    assert.equal(hostile?.kind === "save" ? hostile.header?.player : null, hostilePlayer);
}
