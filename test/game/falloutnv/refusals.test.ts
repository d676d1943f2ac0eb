import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { whyNot, wineEnvironment } from "../../fixtures/support/targets.js";
import { tidyingMs } from "../../fixtures/support/tidying.js";
import type { Victim } from "../../fixtures/support/victim.js";
import type { StandinOptions } from "../../fixtures/standin/build-standin.js";
import { changedCode, readCode } from "./code-pages.js";
import { withStandin } from "./stand-ins.js";

interface Refused {
    code: string;
    message: RegExp;
    resolution: RegExp;
    details?: { function: string; address: string; expected: string; found: string; leads_to: string | null }[];
}

describe(
    "a game that is not as it should be is refused and stays as it is",
    { skip: whyNot("win32-ucrt") ?? false },
    () => {
        const isRefused = (
            what: string,
            {
                options = {},
                switches = [],
                args = [],
            }: { options?: StandinOptions; switches?: string[]; args?: string[] },
            expected: Refused,
        ) =>
            it(what, () =>
                withStandin(options, switches, async (standin) => {
                    await standin.numbers("frames 20");
                    const before = readCode(standin.pid);
                    assert.ok(before.some(({ from, to }) => from <= 0x00aa3e40 && to > 0x00aa3e40));
                    await assertRefused(standin, args, expected);
                    await pause(tidyingMs);
                    assert.deepEqual(changedCode(before, standin.pid), [], "code that changed");
                    await standin.numbers("frames 200");
                    assert.equal((await standin.numbers("check"))["corruptions"], 0);
                }),
            );

        isRefused(
            "another version",
            { options: { version: "1.4.0.526" } },
            {
                code: "UNKNOWN_GAME_VERSION",
                message: /has version 1\.4\.0\.526.*knows 1\.4\.0\.525/,
                resolution: /version/,
            },
        );
        isRefused(
            "a function that another mod has hooked: told in a table",
            { options: { hookedFirst: ["heap_free", "crt_malloc"] } },
            {
                code: "GAME_CHANGED",
                message: /^2 of the functions that falloutnv-1\.4\.0\.525 knows/,
                resolution: /Another mod/,
                details: [
                    {
                        function: "malloc",
                        address: "0x00ECD1C7",
                        expected: "8B FF 55 8B EC 56 8B 75 08 83 FE E0 0F 87",
                        found: "E9",
                        leads_to: "FalloutNV.exe",
                    },
                    {
                        function: "MemoryHeap::Free",
                        address: "0x00AA4060",
                        expected: "55 8B EC 83 EC 14 89 4D F0 83 7D 08 00",
                        found: "E9",
                        leads_to: "FalloutNV.exe",
                    },
                ],
            },
        );
        isRefused(
            "a scrap heap that another mod has hooked, where that layer is wanted",
            { options: { hookedFirst: ["scrap_of_thread"] }, args: ["--layers", "crt,scrapheap"] },
            { code: "GAME_CHANGED", message: /^1 of the functions/, resolution: /--layers/ },
        );
        isRefused(
            "another heap replacer, which is named",
            {
                options: { otherReplacers: ["Data/NVHR/dheap.dll"] },
                switches: ["--other-replacer", "Data\\NVHR\\dheap.dll"],
            },
            { code: "OTHER_REPLACER", message: /NVHR .*dheap\.dll/, resolution: /one heap replacer/ },
        );
    },
);

async function assertRefused(standin: Victim, args: string[], expected: Refused): Promise<void> {
    const command = ["attach", String(standin.pid), "--detach", ...args];
    const person = await poolnv(command, { env: wineEnvironment() });
    assert.equal(person.code, 5, person.stderr);
    assert.equal(person.stdout, "");
    const script = await poolnv([...command, "--json"], { env: wineEnvironment() });
    assert.equal(script.code, 5, script.stderr);
    const { error } = JSON.parse(script.stdout) as { error: Refused & { message: string; resolution: string } };
    assert.equal(error.code, expected.code);
    assert.match(error.message, expected.message);
    assert.match(error.resolution, expected.resolution);
    assert.ok(person.stderr.includes(error.message) && person.stderr.includes(error.resolution), person.stderr);
    for (const [index, row] of (expected.details ?? []).entries()) {
        const told = error.details?.[index];
        assert.deepEqual({ ...told, found: row.found }, row);
        assert.ok(told?.found.startsWith(row.found), told?.found);
        for (const cell of [row.function, row.address, row.expected]) assert.ok(person.stderr.includes(cell), cell);
    }
    assert.equal(error.details?.length, expected.details?.length ?? error.details?.length);
}
