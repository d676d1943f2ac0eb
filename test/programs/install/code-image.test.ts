import assert from "node:assert/strict";
import { it } from "node:test";
import { ProcessMemory } from "../../../host/client/mailbox/process-memory.js";
import { type Mapping, readMemoryMap } from "../../../host/process/memory-map.js";
import { controlBytes, controlLayout, controlMagic, residentBytes, residentLayout } from "../../../shared/layout.js";
import { describeTarget } from "../../fixtures/support/describe-target.js";
import { VictimPerTest } from "../../fixtures/support/victim-per-test.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { installation, prepareRequest, withInstaller } from "../../fixtures/support/with-installer.js";

/** In 64-bit programs only: of the words of 32 bits in any code some are by chance addresses in a large module. */
describeTarget("linux-x64", "what stays of the pool in a linux-x64 program", (target) => {
    const victims = new VictimPerTest(target);

    it(
        "linux-x64: nothing that stays in the program refers to memory that has gone with Frida",
        victims.each(async (victim) => {
            const during = await withInstaller(victim.pid, "python", async (session) => {
                await session.requestAll(installation(prepareRequest(256 * 1_048_576)));
                return readMemoryMap(victim.pid)!;
            });
            const isFrida = ({ name }: Mapping): boolean => name.includes("frida");
            assert.ok(during.some(isFrida), "Frida was in the program");
            await waitUntil("Frida has left", () => !readMemoryMap(victim.pid)!.some(isFrida));
            const after = readMemoryMap(victim.pid)!;
            const gone = during.filter(
                (range) => !after.some(({ start, end }) => start < range.end && range.start < end),
            );
            assert.ok(gone.filter(isFrida).length > 3, "Frida's modules have gone");
            const memory = ProcessMemory.open(victim.pid)!;
            const code = after.filter(
                ({ access, isAnonymous, name }) => access === "r-xp" && isAnonymous && name === "",
            );
            const { control, resident, functions } = readControl(memory);
            for (const address of functions) {
                assert.ok(
                    code.some(({ start, end }) => start <= address && address < end),
                    "code of its own",
                );
            }
            assert.ok(code.length > functions.length / 2, "images, trampolines, the end of a thread");
            for (const { start, bytes } of [
                ...code.map(({ start, end }) => ({ start, bytes: end - start })),
                { start: control, bytes: controlBytes },
                { start: resident, bytes: residentBytes },
            ]) {
                const content = memory.read(start, bytes);
                assert.ok(content !== null);
                assert.deepEqual(addressesIn(content, gone), [], `in ${bytes} bytes at 0x${start.toString(16)}`);
            }
            memory.close();
        }),
    );

    it("linux-x64: programs whose pool has code of its own end well", () => victims.endedWell());
});

/** Addresses of the control block, of the resident's memory, and of functions in each compiled piece of C. */
function readControl(memory: ProcessMemory): { control: number; resident: number; functions: number[] } {
    for (const { start } of memory.writableRanges()) {
        const block = memory.read(start, controlBytes);
        if (block?.toString("latin1", 0, controlMagic.length) !== controlMagic) continue;
        const address = (field: "mailbox" | "snapshot" | "write_hooks" | "start_resident"): number =>
            Number(block.readBigUInt64LE(controlLayout[field].offset));
        return {
            control: start,
            resident: address("mailbox") - residentLayout.mailbox,
            functions: [address("snapshot"), address("write_hooks"), address("start_resident")],
        };
    }
    throw new Error("the program has no control block");
}

/** Offsets of the words that are an address in one of the mappings. */
function addressesIn(content: Buffer, mappings: readonly Mapping[]): number[] {
    const found: number[] = [];
    for (let at = 0; at + 8 <= content.length; at++) {
        const address = Number(content.readBigUInt64LE(at));
        if (mappings.some(({ start, end }) => start <= address && address < end)) found.push(at);
    }
    return found;
}
