import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { PoolStatistics } from "../../shared/pool-statistics.js";
import { commandLine, type Run } from "../fixtures/support/poolnv.js";
import { waitUntil } from "../fixtures/support/wait-until.js";
import { standinName } from "./build-programs.js";

/** How long the stand-in runs, in seconds, and before something is done to it, in milliseconds. */
const standinSeconds = 180; // on a busy machine an engine takes a minute to start
const warmUpMs = 3_000;
/** Longest time of one command, and of the program's work, in milliseconds. */
const commandMs = 300_000;
const workMs = 60_000;

/** @returns what `setup` printed */
export async function prepareEngine(engine: string): Promise<string> {
    return (await succeeds(["setup", "--engine", engine])).stdout.trim();
}

/** Attaches to the running stand-in; it plays on with the pool, checks all it holds, and ends by itself. */
export async function attachToStandin(programs: string, engine: string): Promise<string> {
    const standin = spawn(join(programs, standinName), ["--seconds", String(standinSeconds)], { stdio: "ignore" });
    const ended = once(standin, "exit") as Promise<[number | null]>;
    ended.catch(() => {}); // it did not start, which the next line reports
    await once(standin, "spawn");
    try {
        await pause(warmUpMs);
        const pid = String(standin.pid);
        const { stdout } = await succeeds(["attach", pid, "--detach", "--engine", engine]);
        assert.match(stdout, /layers: crt and gameheap/);
        await pause(warmUpMs);
        const statistics = await statisticsOf(pid, engine);
        assert.equal((await ended)[0], 0, "the stand-in found changed contents, or died");
        return `${firstLine(stdout)} ${statistics}; the program ended with 0`;
    } finally {
        standin.kill();
    }
}

/** Launches a program whose C runtime frees and resizes what it allocated before the pool was there. */
export async function changeEnvironment(programs: string, name: string, engine: string): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), "poolnv-environment-"));
    const [result, stop] = [join(folder, "result"), join(folder, "stop")];
    try {
        const command = ["launch", "--detach", "--engine", engine, "--", join(programs, name), result, stop];
        const { stdout } = await succeeds(command);
        const pid = /\(pid (\d+)\)/.exec(stdout)?.[1];
        assert.ok(pid, stdout);
        await waitUntil("the program's result", () => existsSync(result), workMs);
        assert.equal(readFileSync(result, "utf8"), "changed 2000");
        const statistics = await statisticsOf(pid, engine);
        writeFileSync(stop, "");
        await waitUntil("the end of the program", () => !isRunning(Number(pid)), workMs);
        return `changed 2000 variables; ${statistics}`;
    } finally {
        writeFileSync(stop, "");
        rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    }
}

async function statisticsOf(pid: string, engine: string): Promise<string> {
    const { stdout } = await succeeds(["exec", pid, "GetMemoryPoolStats", "--json", "--engine", engine]);
    const { active, pool_allocs } = JSON.parse(stdout) as PoolStatistics;
    assert.equal(active, 1);
    assert.ok(pool_allocs > 0, "nothing was allocated from the pool");
    return `${pool_allocs} allocations from the pool`;
}

/** Runs the command line. Its output goes to files, as it can be whole there even if a process of it lives on. */
async function succeeds(args: string[]): Promise<Run> {
    const folder = mkdtempSync(join(tmpdir(), "poolnv-check-"));
    const files = ["stdout", "stderr"].map((name) => join(folder, name));
    const [stdout, stderr] = files.map((file) => openSync(file, "w"));
    try {
        const child = spawn(process.execPath, [commandLine, ...args], {
            stdio: ["ignore", stdout!, stderr!],
            timeout: commandMs,
        });
        const [code] = (await once(child, "exit")) as [number | null];
        const [printed, errors] = files.map((file) => readFileSync(file, "utf8").replaceAll("\r\n", "\n"));
        assert.equal(code, 0, `poolnv ${args.join(" ")}: exit code ${code}\n${errors}${printed}`);
        return { code, stdout: printed!, stderr: errors! };
    } finally {
        closeSync(stdout!);
        closeSync(stderr!);
        rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    }
}

function isRunning(pid: number): boolean {
    try {
        return process.kill(pid, 0);
    } catch {
        return false;
    }
}

function firstLine(text: string): string {
    return text.split("\n")[0] ?? "";
}
