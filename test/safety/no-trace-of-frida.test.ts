import assert from "node:assert/strict";
import { it } from "node:test";
import type { CompileTarget } from "../fixtures/prepare/compile.js";
import { describeTarget } from "../fixtures/support/describe-target.js";
import { poolnv } from "../fixtures/support/poolnv.js";
import type { Target } from "../fixtures/support/targets.js";
import { Victim } from "../fixtures/support/victim.js";
import type { Range } from "./after-frida/footprint.js";
import { rangesUsedOnlyDuring, union, usedRanges, without } from "./after-frida/ranges.js";
import { codeOf, referencesTo, type Searched, searchedExtent } from "./after-frida/references.js";

/** How long after the command Frida's memory may still be given back, in milliseconds. */
const settleMs = 3_000;
/** Of ranges that a program takes: Windows' own granularity. */
const granularity = 65_536;
/** Less of Frida than this was not watched closely enough: its agent alone is larger. */
const leastBytes = 10 * 1_048_576;

const names: readonly CompileTarget[] = ["linux-x64", "linux-i386", "win32-msvcrt"];

for (const name of names) {
    describeTarget(name, `a ${name} program in which Frida's memory can't be touched any more`, (target) => {
        it(`${name}: nothing that stays refers to memory that Frida had`, async (test) => {
            const victims = [await Victim.start(target()), await Victim.start(target())] as const;
            const pointerBytes = target().bits === 64 ? 8 : 4;
            try {
                const first = await install(victims[0]);
                await occupy(victims[1], first.forbidden); // so that Frida's memory has other addresses in it
                const second = await install(victims[1]);
                const { bytes, sites } = searchedExtent(first);
                test.diagnostic(`${bytes} bytes searched, ${sites} sites, ${megabytes(first.forbidden)} forbidden`);
                assert.ok(sites >= 4, `${sites} sites`);
                assert.deepEqual(referencesTo([first, second], pointerBytes), []);
                const control = [withForbiddenLibraries(first), withForbiddenLibraries(second)] as const;
                const known = referencesTo(control, pointerBytes);
                if (name !== "win32-msvcrt") assert.ok(known.length > 10, "the search finds the system's functions");
            } finally {
                for (const victim of victims) victim.kill();
            }
        });

        it(`${name}: the program goes on if every access to memory that Frida had is a fault`, async (test) => {
            const victim = await Victim.start(target());
            try {
                await victim.order("load"); // threads that have been in the pool before Frida left, and go on
                const { forbidden } = await install(victim);
                const taken = await occupy(victim, forbidden);
                test.diagnostic(`${megabytes(taken)} of ${megabytes(forbidden)} taken`);
                assert.ok(bytesOf(taken) > leastBytes, megabytes(taken));
                assert.equal((await victim.numbers("rest"))["corruptions"], 0);
                await useEverything(victim, target());
                assert.equal(await victim.quit(0, 5), 5, victim.ending ?? "");
            } finally {
                victim.kill();
            }
        });
    });
}

async function install(victim: Victim): Promise<Searched> {
    const codeBefore = codeOf(victim.pid);
    const forbidden = await rangesUsedOnlyDuring(victim.pid, settleMs, async () => {
        const { code, stderr } = await poolnv(["attach", String(victim.pid), "--detach", "--pool-size", "64"]);
        assert.equal(code, 0, stderr);
    });
    assert.ok(bytesOf(forbidden) > leastBytes, `${megabytes(forbidden)} of Frida's memory have been seen`);
    return { pid: victim.pid, forbidden, codeBefore };
}

/** The addresses of the system's functions differ between two processes of Linux, and the pool refers to them. */
function withForbiddenLibraries(searched: Searched): Searched {
    return { ...searched, forbidden: union(searched.codeBefore) };
}

/** Lets a program take what is free of some ranges. @returns what it took */
async function occupy(victim: Victim, ranges: readonly Range[]): Promise<Range[]> {
    const taken: Range[] = [];
    for (const range of without(ranges, usedRanges(victim.pid))) {
        const start = Math.ceil(range.start / granularity) * granularity;
        const end = Math.floor(range.end / granularity) * granularity;
        if (start >= end) continue;
        const { occupied } = await victim.numbers(`occupy ${start} ${end - start}`);
        if (occupied === 1) taken.push({ start, end });
    }
    return union(taken);
}

/** Whatever a program does with its pool, and hosts with it. */
async function useEverything(victim: Victim, { name }: Target): Promise<void> {
    const exec = async (...command: string[]): Promise<void> => {
        const { code, stderr } = await poolnv(["exec", String(victim.pid), ...command]);
        assert.equal(code, 0, `${command.join(" ")}: ${stderr}`);
    };
    const work = async (orders: readonly string[]): Promise<void> => {
        for (const order of orders) assert.equal((await victim.numbers(order))["corruptions"], 0, order);
    };
    const all = ["work 1 50000 8", "relay 2 5000 20", "crowd 3 20000 40", "fuzz 4 20000 4"];
    await work(all);
    if (name.startsWith("linux")) await work(["fork 5 20000"]);
    await exec("SetMemoryPoolActive", "0");
    await work(all);
    await exec("SetMemoryPoolActive", "1");
    await exec("ResetMemoryPool");
    await work(all);
    await exec("GetMemoryPoolStats");
    await exec("GetMemoryPoolHistogram");
    if (name.startsWith("linux")) await work(["fork 6 20000"]);
}

function bytesOf(ranges: readonly Range[]): number {
    return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}

function megabytes(ranges: readonly Range[]): string {
    return `${(bytesOf(ranges) / 1_048_576).toFixed(1)} MB`;
}
