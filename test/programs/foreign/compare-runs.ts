import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { PoolStatistics } from "../../../shared/pool-statistics.js";
import { DetachedLaunch } from "../../fixtures/support/detached-launch.js";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { pidsWhere } from "../../fixtures/support/running.js";
import { tidyingMs } from "../../fixtures/support/tidying.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import type { ForeignProgram } from "./foreign-programs.js";

const patience = 180_000;

/** Runs a program without and with the pool, from its start to its end, and compares what it wrote byte for byte. */
export async function compareRuns(program: ForeignProgram, options: string[]): Promise<PoolStatistics> {
    const folder = mkdtempSync(join(tmpdir(), "poolnv-program-"));
    try {
        const plain = join(folder, "plain.out");
        await runPlain(program, plain);
        const pooled = join(folder, "pooled.out");
        const statistics = await runPooled(program, pooled, ["--log", join(folder, "pool.log"), ...options]);
        const expected = readFileSync(plain);
        assert.ok(expected.length > 1000, `${program.name} wrote ${expected.length} bytes`);
        assert.ok(expected.equals(readFileSync(pooled)), "it wrote the same as without the pool");
        return statistics;
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

async function runPlain(program: ForeignProgram, output: string): Promise<void> {
    writeFileSync(`${output}.leave`, "");
    const [file, ...args] = [...program.starter, ...program.command(output)] as [string, ...string[]];
    const child = spawn(file, args, { env: { ...process.env, ...program.env }, stdio: "ignore" });
    const [code] = (await once(child, "exit")) as [number | null];
    assert.equal(code, program.exitCode, `${program.name} ends well without the pool`);
}

/**
 * Runs a program with the pool from its start to its end.
 *
 * @param options of `launch`
 * @returns what the pool counted by the end of its work
 */
export async function runPooled(program: ForeignProgram, output: string, options: string[]): Promise<PoolStatistics> {
    const args = ["launch", "--detach", "--quiet", "--json", ...options, "--", ...program.command(output)];
    const launch = new DetachedLaunch(args, program.env);
    let linuxPid: number | undefined;
    try {
        const { code, stdout, stderr } = await launch.run;
        assert.equal(code, 0, stdout + stderr);
        const installed = JSON.parse(stdout) as { pid: number; engine: { kind: string } };
        linuxPid = installed.engine.kind === "wine" ? await pidUnderWine(output) : installed.pid;
        await waitUntil(`${program.name} is done`, () => existsSync(`${output}.done`), patience);
        const engine = ["--engine", installed.engine.kind];
        const asked = await poolnv(["exec", String(installed.pid), "GetMemoryPoolStats", "--json", ...engine], program);
        assert.equal(asked.code, 0, asked.stdout + asked.stderr);
        await launch.untilAdopted(linuxPid);
        await pause(tidyingMs);
        writeFileSync(`${output}.leave`, "");
        assert.equal(await launch.exitOf(linuxPid), program.exitCode, `${program.name} ends well with its pool`);
        linuxPid = undefined;
        return JSON.parse(asked.stdout) as PoolStatistics;
    } finally {
        if (linuxPid !== undefined) process.kill(linuxPid, "SIGKILL");
        launch.close();
    }
}

/** Windows pids are not this system's. */
async function pidUnderWine(output: string): Promise<number> {
    const path = output.replaceAll("/", "\\");
    const find = (): number[] =>
        pidsWhere(([first = "", ...args]) => /\.exe$/i.test(first) && args.some((text) => text.endsWith(path)));
    // One that is about to start another program is there several times for a moment.
    return waitUntil(`one Windows program has the argument ${output}`, () => {
        const [only, second] = find();
        return second === undefined && only;
    });
}
