import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { StandinOptions } from "../../fixtures/standin/build-standin.js";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { whyNot, wineEnvironment } from "../../fixtures/support/targets.js";
import { tidyingMs } from "../../fixtures/support/tidying.js";
import type { Victim } from "../../fixtures/support/victim.js";
import { changedCode, readCode } from "./code-pages.js";
import { withStandin } from "./stand-ins.js";

interface Refused {
    code: string;
    message: RegExp;
    resolution: RegExp;
    details?: { function: string; address: string; expected: string; found: string; leads_to: string | null }[];
}

describe("games that are refused and stay unchanged", { skip: whyNot("win32-ucrt") ?? false }, () => {
    const isRefused = (
        what: string,
        { options = {}, switches = [], args = [] }: { options?: StandinOptions; switches?: string[]; args?: string[] },
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
        "refused game: another version",
        { options: { version: "1.4.0.526" } },
        {
            code: "UNKNOWN_GAME_VERSION",
            message: /has version 1\.4\.0\.526.*knows 1\.4\.0\.525/,
            resolution: /version/,
        },
    );
    isRefused(
        "refused game: Epic's edition, with the tool that converts it",
        { options: { version: "1.4.0.1338" } },
        {
            code: "UNKNOWN_GAME_VERSION",
            message: /has version 1\.4\.0\.1338.*knows 1\.4\.0\.525/,
            resolution: /Epic's edition: convert it with the Epic Games Patcher/,
        },
    );
    isRefused(
        "refused game: functions that another mod has hooked, with a table",
        { options: { hookedFirst: ["heap_free", "crt_malloc"] } },
        {
            code: "GAME_CHANGED",
            message: /^the game's code differs from falloutnv-1\.4\.0\.525 in 2 functions/,
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
        "refused game: a scrap heap that another mod has hooked, if the layer is requested",
        { options: { hookedFirst: ["scrap_of_thread"] }, args: ["--layers", "crt,scrapheap"] },
        { code: "GAME_CHANGED", message: /^the game's code differs from .* in 1 function/, resolution: /--layers/ },
    );
    isRefused(
        "refused game: another heap replacer, with its name",
        {
            options: { otherReplacers: ["Data/NVHR/dheap.dll"] },
            switches: ["--other-replacer", "Data\\NVHR\\dheap.dll"],
        },
        { code: "OTHER_REPLACER", message: /NVHR .*dheap\.dll/, resolution: /one heap replacer/ },
    );
});

async function assertRefused(standin: Victim, args: string[], expected: Refused): Promise<void> {
    const command = ["attach", String(standin.pid), "--detach", ...args];
    const plain = await poolnv(command, { env: wineEnvironment() });
    assert.equal(plain.code, 5, plain.stderr);
    assert.equal(plain.stdout, "");
    const script = await poolnv([...command, "--json"], { env: wineEnvironment() });
    assert.equal(script.code, 5, script.stderr);
    const { error } = JSON.parse(script.stdout) as { error: Refused & { message: string; resolution: string } };
    assert.equal(error.code, expected.code);
    assert.match(error.message, expected.message);
    assert.match(error.resolution, expected.resolution);
    assert.ok(plain.stderr.includes(error.message) && plain.stderr.includes(error.resolution), plain.stderr);
    for (const [index, row] of (expected.details ?? []).entries()) {
        const reported = error.details?.[index];
        assert.deepEqual({ ...reported, found: row.found }, row);
        assert.ok(reported?.found.startsWith(row.found), reported?.found);
        for (const cell of [row.function, row.address, row.expected]) assert.ok(plain.stderr.includes(cell), cell);
    }
    assert.equal(error.details?.length, expected.details?.length ?? error.details?.length);
}
