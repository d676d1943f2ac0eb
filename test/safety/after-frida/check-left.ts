import assert from "node:assert/strict";
import { basename } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { readMemoryMap } from "../../../host/process/memory-map.js";
import type { Run } from "../../fixtures/support/poolnv.js";
import type { Victim } from "../../fixtures/support/victim.js";
import { namesOfFrida, threadNamesOf } from "./footprint.js";
import { beforeInstallation, type Left, whatIsLeft } from "./what-is-left.js";

const mb = 1_048_576;

/** After the command has ended, before it is measured what is left, in milliseconds. */
const afterMs = 5_000;
/** Between two checks of a program while a host asks it, in milliseconds. */
const everyMs = 3;

/** How a host reaches a program. */
export interface Reach {
    /** Runs the command line. */
    readonly run: (args: string[]) => Promise<Run>;
    /** Of the program, for the command line. */
    readonly name: string;
}

/** What may be left, where the systems differ. */
export interface Limits {
    readonly addressSpaceBytes: number;
    /** Descriptors that the thread has of the system: Wine gives each some pipes to its server. */
    readonly descriptorsOfThread: number;
    /** Context switches of the resident per second; default: 1. */
    readonly wakeUps?: number;
    /** Default: 2 MB. */
    readonly privateBytes?: number;
    /** Files of the system that may stay mapped. */
    readonly systemFiles?: RegExp;
}

/**
 * Under Wine each wake-up of a thread waits for the server several times. A thread has four pipes to the server, and 1 MB of its stack belongs to Wine. Frida's agent needs user32.dll, which
 * Wine never unloads again, with all that it needs in turn; games have it anyway.
 */
export const limitsUnderWine: Limits = {
    addressSpaceBytes: 32 * mb,
    privateBytes: 3 * mb,
    wakeUps: 4,
    descriptorsOfThread: 4,
    systemFiles: /\/(user32|win32u|advapi32|imm32|version|sechost|ucrtbase|zlib1)\.(dll|so)$|\/lib(m|gcc_s)\.so\.\d+$/,
};

/**
 * Installs a pool and checks what the program has 5 s later: at most one thread more, nothing of Frida's, its descriptors,
 * no private memory to speak of beside the pool and its tables, and a thread that hardly ever wakes up.
 */
export async function attachAndCheckWhatIsLeft(victim: Victim, reach: Reach, limits: Limits): Promise<Left> {
    await victim.order("work 1 100 8"); // every thread once: runtimes keep a block for each
    const before = await beforeInstallation(victim);
    const attached = await reach.run(["attach", reach.name, "--detach", "--pool-size", "64"]);
    assert.equal(attached.code, 0, attached.stderr);
    await pause(afterMs);
    const left = await whatIsLeft(victim, before);
    assert.deepEqual(left.namesOfFrida, []);
    assert.deepEqual(
        left.files.filter((file) => limits.systemFiles?.test(file) !== true),
        [],
        "mapped files",
    );
    assert.ok(left.threads.length <= 1, `threads: ${left.threads.join(", ")}`);
    assert.deepEqual(left.changedDescriptors, [], "descriptors that it had before");
    assert.ok(left.descriptors.length <= limits.descriptorsOfThread, `descriptors: ${left.descriptors.join(", ")}`);
    assert.ok(
        left.privateBytes < (limits.privateBytes ?? 2 * mb),
        `${left.privateBytes} bytes of private memory beside the pool and its tables`,
    );
    assert.ok(left.addressSpaceBytes < limits.addressSpaceBytes, `${left.addressSpaceBytes} bytes of address space`);
    assert.ok(left.wakeUps < (limits.wakeUps ?? 1), `the resident wakes up ${left.wakeUps} times a second`);
    return left;
}

/** Asks a living pool, and checks that the program has no new thread and nothing of Frida's meanwhile. */
export async function askAndCheckThatNothingComes(victim: Victim, { run, name }: Reach): Promise<void> {
    const before = threadNamesOf(victim.pid);
    const seen = new Set<string>();
    const state = { hasEnded: false };
    let checks = 0;
    const asked = run(["exec", name, "GetMemoryPoolStats", "--json"]).finally(() => (state.hasEnded = true));
    while (!state.hasEnded) {
        const threads = threadNamesOf(victim.pid);
        for (const [thread, threadName] of threads) if (!before.has(thread)) seen.add(`new thread ${threadName}`);
        for (const what of namesOfFrida(threads.values(), readMemoryMap(victim.pid) ?? [])) seen.add(what);
        checks++;
        await pause(everyMs);
    }
    const { code, stdout, stderr } = await asked;
    assert.equal(code, 0, stderr);
    assert.equal((JSON.parse(stdout) as { active: number }).active, 1);
    assert.doesNotMatch(stderr, /engine|attaching/);
    assert.ok(checks > 10, `${checks} checks`);
    assert.deepEqual([...seen], []);
}

/** The program goes on with its pool: it works, forks if it can, and ends at once with its own exit code. */
export async function checkThatItGoesOn(victim: Victim): Promise<void> {
    assert.equal((await victim.numbers("work 2 50000 8"))["corruptions"], 0);
    const { corruptions } = await victim.numbers("crowd 3 20000 40");
    assert.equal(corruptions, 0);
    const child = await victim.order("fork 4 20000");
    assert.ok(["none", "corruptions=0"].includes(child), child);
    const { pool_allocs } = await victim.numbers("counters");
    assert.ok(pool_allocs! > 0);
    const started = performance.now();
    assert.equal(await victim.quit(0, 7), 7, victim.ending ?? "");
    assert.ok(performance.now() - started < 5_000, "it ends at once");
}

/** The figures in one line, for the output of a test. */
export function describeLeft({ threads, files, privateBytes, addressSpaceBytes, descriptors, wakeUps }: Left): string {
    return [
        `new threads: ${threads.join(", ") || "none"}`,
        `new descriptors: ${descriptors.join(", ") || "none"}`,
        `new mapped files: ${files.map((file) => basename(file)).join(", ") || "none"}`,
        `private memory: ${(privateBytes / 1024).toFixed(0)} KB`,
        `address space: ${(addressSpaceBytes / 1024).toFixed(0)} KB`,
        `wake-ups: ${wakeUps.toFixed(1)}/s`,
    ].join("; ");
}
