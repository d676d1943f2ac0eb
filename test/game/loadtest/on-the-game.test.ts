import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { collectRun } from "../../../host/loadtest/report/collect-run.js";
import { reportDocument } from "../../../host/loadtest/report/make-document.js";
import { windowsPath } from "../../../host/process/wine.js";
import { buildStandin } from "../../fixtures/standin/build-standin.js";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { pidsWhere } from "../../fixtures/support/running.js";
import { whyNot, wineEnvironment } from "../../fixtures/support/targets.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { ConsoleProcess } from "../../programs/cli/console-process.js";
import { assertJunit, assertVerdicts, type Expected, recordsOf } from "./expected-verdicts.js";
import { cutOff, hostilePlayer, writeSaves } from "./folder-of-saves.js";
import { killAndResume } from "./killed-host.js";

const megabyte = 1_048_576;

const saves = {
    "Save 1": {},
    "Save 2": { fillerBytes: 6 * megabyte },
    "Save 3": {},
    "Save 4": {},
    "Save 5": cutOff,
    "Save 6": { player: hostilePlayer, screenshot: { width: 1000, height: 500 } },
    "Save 7": {},
    'Save 8 "in quotes"': {},
    "Save 9": { fillerBytes: 60 * megabyte },
    "Save 10": cutOff,
    "Save 11": Buffer.from("FO3SAVEGAME, or so it says"),
};

const expected: Record<string, Expected> = {
    "Save 1.fos": ["passed"],
    "Save 2.fos": ["failed", /^usage below 75%: /m, /^fallback below 0.1%: /m],
    "Save 3.fos": ["crashed", /0xC0000005 \(access violation\) at 0x[0-9a-f]{8} in FalloutNV.exe\+0x/],
    "Save 4.fos": ["hung", /^no frame has gone by for \d+ s/],
    "Save 5.fos": ["unreadable", /it ends at byte 40/],
    "Save 6.fos": ["passed"],
    "Save 7.fos": ["passed"],
    'Save 8 "in quotes".fos': ["not_loaded", /quotation mark/],
    "Save 9.fos": ["not_loaded", /still loading after 6 s, though the program is at work: it is slow/],
    "Save 10.fos": ["unreadable"],
    "Save 11.fos": ["unreadable"],
    "Save 12.fos": ["unreadable", /it is a folder/],
};

describe("poolnv loadtest of the game", { skip: whyNot("win32-ucrt") ?? false }, () => {
    let program: string;
    let folder: string;
    let env: Record<string, string>;

    before(async () => {
        program = await buildStandin();
        folder = join(dirname(program), "saves");
        env = wineEnvironment();
        writeSaves(folder, saves);
        mkdirSync(join(folder, "Save 12.fos"));
    });
    after(() => rmSync(dirname(program), { recursive: true, force: true }));

    const command = (what: string, results: string, ...options: string[]) => [
        ...["loadtest", what, "--results", results, "--pool-size", "64"],
        ...[...options, "--program", program, "--", "--saves", windowsPath(folder), "--load-factor", "16"],
        ...["--crashes-by", "Save 3", "--hangs-by", "Save 4", "--seconds", "600"],
    ];
    const isProgram = (args: string[]) => args.includes(windowsPath(program));

    it("poolnv loadtest of the game gives each save its verdict, though its host is killed and resumed", async () => {
        const results = join(dirname(program), "results.jsonl");
        const junit = join(dirname(program), "verdicts.xml");
        const run = await killAndResume(command(folder, results, ...strict, "--soak", "5", "--junit", junit), {
            results,
            killedAt: 6,
            isProgram,
            env,
        });
        assert.equal(run.code, 6, run.stderr);
        const found = await assertVerdicts(results, expected);
        assertJunit(readFileSync(junit, "utf8"), expected);
        assert.deepEqual(pidsWhere(isProgram), [], "the started program is ended");
        assert.equal(found.get("Save 3.fos")!.exit!.code, 0xc0000005);
        assert.ok(found.get("Save 1.fos")!.load_seconds! > 0);
        await assertAddressSpaceAndPicture(results);
    });

    it("poolnv loadtest --session runs a scenario with its own expectations in one process", async () => {
        const scenario = join(dirname(program), "walk.mjs");
        const results = join(dirname(program), "session.jsonl");
        writeSaves(join(dirname(program), "two"), { "Save 1": {}, "Save 7": {} });
        writeFileSync(scenario, walk);
        const run = await poolnv([...command(scenario, results, "--session", "--json")], { env });
        assert.equal(run.code, 6, run.stderr);
        const document = JSON.parse(run.stdout) as {
            saves: { verdict: string; reasons: string[] }[];
            expectations: string[];
        };
        assert.deepEqual(document.expectations, ["usage below 0.01%", "alive"]);
        assert.deepEqual(
            document.saves.map(({ verdict }) => verdict),
            ["failed", "failed"],
        );
        const texts = (await recordsOf(results)).flatMap((record) => (record.kind === "event" ? [record.text] : []));
        assert.ok(texts.includes("console: print of Save 1"));
        assert.ok(texts.includes("the game refused: no such line"));
        assert.ok(texts.includes("it runs on"));
        const pids = new Set(texts.flatMap((text) => /^pid (\d+),/.exec(text)?.[1] ?? []));
        assert.equal(pids.size, 1, texts.join("\n"));
        assert.deepEqual(pidsWhere(isProgram), []);
    });

    it("poolnv loadtest and its report compare the use of a pool in segments with its limit", async () => {
        const [results, settings, one] = ["segments.jsonl", "segments.ini", "few"].map((name) =>
            join(dirname(program), name),
        );
        writeSaves(one!, { "Save 1": {} });
        writeFileSync(settings!, "[pool]\nreserve = segments\npool_size_mb = 512\n");
        const options = ["--results", results!, "--config", settings!, "--soak", "3", "--expect", "usage below 10%"];
        const game = [
            "--program",
            program,
            "--",
            "--saves",
            windowsPath(folder),
            "--cells",
            "500000",
            "--seconds",
            "600",
        ];
        const run = await poolnv(["loadtest", one!, ...options, ...game], { env });
        assert.equal(run.code, 0, run.stdout + run.stderr);
        await assertVerdicts(results!, { "Save 1.fos": ["passed"] });
        const samples = (await recordsOf(results!)).flatMap((record) => (record.kind === "sample" ? [record] : []));
        const last = samples.at(-1)!.statistics;
        assert.equal(last.pool_limit, 512 * megabyte);
        assert.ok(last.peak_used / last.pool_size > 0.1, `${last.peak_used} of ${last.pool_size} bytes`);
        const { saves } = reportDocument(await collectRun(results!), null);
        assert.equal(saves[0]!.poolSize, 512 * megabyte);
    });

    it("poolnv loadtest gives a stopped program the verdict hung, and ends it", async () => {
        const results = join(dirname(program), "stopped.jsonl");
        const one = join(dirname(program), "one");
        writeSaves(one, { "Save 1": {} });
        const host = new ConsoleProcess(command(one, results, "--soak", "600", "--hang-limit", "10"), env);
        const isLoaded = () => existsSync(results) && readFileSync(results, "utf8").includes('"event":"loaded"');
        await waitUntil("the save is loaded", () => isLoaded() || host.process.exitCode !== null, loadedMs);
        assert.ok(isLoaded(), `${host.stdout}${host.stderr}`);
        process.kill(pidsWhere(isProgram)[0]!, "SIGSTOP");
        assert.equal(await host.ended, 6, host.stderr);
        await assertVerdicts(results, { "Save 1.fos": ["hung", /did not answer within \d+ s/] });
        assert.deepEqual(pidsWhere(isProgram), []);
    });
});

const loadedMs = 90_000;

/**
 * Limits that keep the run short, and the default expectations but for the first: how full a pool gets that can't serve
 * everything depends on the order in which the game's threads ask.
 */
const strict = [
    ...["--hang-limit", "3", "--load-limit", "6"],
    ...["usage below 75%", "fallback below 0.1%", "no corruption", "alive"].flatMap((text) => ["--expect", text]),
];

const walk = `
import { expect, scenario } from "poolnv/loadtest";

export default scenario({
    saves: "two",
    expectations: [expect.usage.below("0.01%"), expect.alive()],
    async run({ save, launch, loadSave, waitForLoaded, runConsole, waitFrames, waitSeconds, sample }) {
        await launch();
        await loadSave();
        await waitForLoaded();
        if (!(await runConsole("print of " + save.name))) throw new Error("not printed");
        if (await runConsole("no such line")) throw new Error("there is such a line");
        const before = await sample();
        await waitFrames(20);
        await waitSeconds(0.5);
        const after = await sample();
        if (after.pool_allocs <= before.pool_allocs) throw new Error("no frame used the pool");
    },
});
`;

async function assertAddressSpaceAndPicture(results: string): Promise<void> {
    const records = await recordsOf(results);
    const sample = records.find((record) => record.kind === "sample");
    assert.ok(sample?.kind === "sample" && sample.statistics.address_space!.total > 0);
    const [, , hostile] = records
        .filter((record) => record.kind === "save")
        .filter(({ save }) => save === 5 || save < 2);
    assert.equal(hostile!.header!.player, hostilePlayer);
    const png = Buffer.from(hostile!.screenshot!, "base64");
    assert.equal(png.subarray(1, 4).toString(), "PNG");
    assert.equal(png.readUInt32BE(16), 250, "1000 pixels across are four times too many");
}
