import assert from "node:assert/strict";
import { it } from "node:test";
import { ProcessMemory } from "../../../host/client/mailbox/process-memory.js";
import { type Mapping, readMemoryMap } from "../../../host/process/memory-map.js";
import { controlBytes, controlLayout, controlMagic } from "../../../shared/layout.js";
import { describeTarget } from "../../fixtures/support/describe-target.js";
import { VictimPerTest } from "../../fixtures/support/victim-per-test.js";

/** In 64-bit programs only: of the words of 32 bits in any code some are by chance addresses in a large module. */
describeTarget("linux-x64", "code of the pool in a linux-x64 program", (target) => {
    const victims = new VictimPerTest(target);

    it(
        "linux-x64: the pool's code contains no address in Frida's modules",
        victims.withPool({}, async (victim) => {
            const memory = ProcessMemory.open(victim.pid);
            assert.ok(memory !== null);
            const maps = readMemoryMap(victim.pid)!;
            const frida = maps.filter((mapping) => mapping.name.includes("frida"));
            assert.ok(frida.length > 0, "Frida is in the program");
            for (const code of codeOf(memory, maps)) {
                assert.equal(code.access, "r-xp");
                const bytes = memory.read(code.start, code.end - code.start);
                assert.ok(bytes !== null);
                assert.deepEqual(addressesIn(bytes, frida), []);
            }
            memory.close();
        }),
    );

    it("linux-x64: programs whose pool has code of its own end well", () => victims.endedWell());
});

/** The mappings with the functions that the control block names. */
function codeOf(memory: ProcessMemory, maps: readonly Mapping[]): Mapping[] {
    const control = memory
        .writableRanges()
        .map(({ start }) => memory.read(start, controlBytes))
        .find((block) => block?.toString("latin1", 0, controlMagic.length) === controlMagic);
    assert.ok(control, "the program has a control block");
    const functions = ["snapshot", "write_hooks"] as const;
    return functions.map((field) => {
        const address = Number(control.readBigUInt64LE(controlLayout[field].offset));
        const found = maps.find(({ start, end }) => start <= address && address < end);
        assert.ok(found !== undefined && found.isAnonymous && found.end - found.start >= 4096, `${field} is mapped`);
        return found;
    });
}

/** Offsets of the words that are an address in one of the mappings. */
function addressesIn(code: Buffer, mappings: readonly Mapping[]): number[] {
    const found: number[] = [];
    for (let at = 0; at + 8 <= code.length; at++) {
        const address = Number(code.readBigUInt64LE(at));
        if (mappings.some(({ start, end }) => start <= address && address < end)) found.push(at);
    }
    return found;
}
