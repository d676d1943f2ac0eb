import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { CompileTarget } from "../fixtures/prepare/compile.js";
import { describeTarget } from "../fixtures/support/describe-target.js";
import { poolnv } from "../fixtures/support/poolnv.js";
import { whyNot, wineEnvironment } from "../fixtures/support/targets.js";
import { Victim } from "../fixtures/support/victim.js";
import { withStandin } from "../game/falloutnv/stand-ins.js";
import {
    askAndCheckThatNothingComes,
    attachAndCheckWhatIsLeft,
    checkThatItGoesOn,
    describeLeft,
    type Limits,
    limitsUnderWine,
} from "./after-frida/check-left.js";
import { footprintOf, mappedFiles, namesOfFrida, privateBytesBeside } from "./after-frida/footprint.js";
import { poolOf } from "./after-frida/pool-of.js";

const mb = 1_048_576;

/** glibc does not unload what the agent was linked with, and keeps its table of encodings once it was asked for one. */
const systemFiles = /\/(lib(dl|m|pthread|rt)\.so\.\d+|gconv-modules\.cache)$/;

/**
 * glibc keeps stacks of threads that have ended, 40 MB at most, for those to come. In 64 bits it keeps 128 MB of addresses for
 * each arena that a thread of Frida's had, too, without memory.
 */
const limits: [CompileTarget, Limits][] = [
    ["linux-x64", { addressSpaceBytes: 2048 * mb, descriptorsOfThread: 0, systemFiles }],
    ["linux-i386", { addressSpaceBytes: 48 * mb, descriptorsOfThread: 0, systemFiles }],
    ["win32-msvcrt", limitsUnderWine],
];

for (const [name, limit] of limits) {
    describeTarget(name, `a ${name} program after an installation`, (target) => {
        it(`${name}: 5 s after attach --detach one thread of our own is left and nothing of Frida's`, async (test) => {
            const victim = await Victim.start(target());
            try {
                const reach = { run: (args: string[]) => poolnv(args), name: victim.processName };
                test.diagnostic(describeLeft(await attachAndCheckWhatIsLeft(victim, reach, limit)));
                await askAndCheckThatNothingComes(victim, reach);
                await checkThatItGoesOn(victim);
            } finally {
                victim.kill();
            }
        });
    });
}

/** Like the game, it has user32.dll, which Wine never unloads. */
describe("the game's stand-in after an installation", { skip: whyNot("win32-msvcrt") ?? false }, () => {
    it("stand-in: a pool of 1.5 GB takes less than 16 MB of address space beside itself, tables included", (test) =>
        withStandin({ largeAddressAware: true }, ["--other-replacer", "user32.dll"], async (standin) => {
            Object.assign(process.env, wineEnvironment());
            await standin.numbers("frames 50");
            await standin.order("pause");
            const { kilobytes: before } = await standin.numbers("space");
            const { mappings: mappedBefore } = footprintOf(standin.pid);
            const attached = await poolnv(["attach", String(standin.pid), "--detach", "--pool-size", "1536"]);
            assert.equal(attached.code, 0, attached.stderr);
            await pause(5_000);
            const { kilobytes: after } = await standin.numbers("space");
            const { region, tables } = poolOf(standin.pid);
            const { threads, mappings } = footprintOf(standin.pid);
            const besideBytes = 1024 * (before! - after!) - (region.end - region.start);
            const privateBytes = privateBytesBeside(mappings, [region, tables]) - privateBytesBeside(mappedBefore, []);
            test.diagnostic(
                `${(besideBytes / mb).toFixed(1)} MB of address space and ${(privateBytes / mb).toFixed(2)} MB of ` +
                    `private memory beside ${(region.end - region.start) / mb} MB`,
            );
            assert.deepEqual(namesOfFrida(threads.values(), mappings), []);
            assert.deepEqual(mappedFiles(mappings), mappedFiles(mappedBefore));
            assert.equal(region.end - region.start, 1536 * mb);
            assert.ok(besideBytes < 16 * mb, `${besideBytes} bytes`);
            assert.ok(privateBytes < 2 * mb, `${privateBytes} bytes of private memory`);
            await standin.order("resume");
            await standin.numbers("frames 200");
            const { corruptions, wrong } = await standin.numbers("check");
            assert.deepEqual({ corruptions, wrong }, { corruptions: 0, wrong: 0 });
        }));
});
