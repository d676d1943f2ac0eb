import assert from "node:assert/strict";
import { basename } from "node:path";
import { after, before, describe, it } from "node:test";
import { openSymbols } from "../../../host/modules/symbols.js";
import { makeTarget, type Target, whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import { baseOf, hex, symbolsByReadelf } from "./by-readelf.js";

/** Programs of each kind, whose own functions readelf lists. */
const programs = [
    { what: "a 64-bit program", name: "linux-x64", flags: [] },
    { what: "a 64-bit program at a fixed address", name: "linux-x64", flags: ["-no-pie"] },
    { what: "a 64-bit program without libraries", name: "linux-x64", flags: ["-static"] },
    { what: "a 32-bit program", name: "linux-i386", flags: [] },
] as const;

for (const { what, name, flags } of programs) {
    describe(`symbols of ${what}`, { skip: whyNot(name) ?? false }, () => {
        let target: Target;
        let victim: Victim;
        before(async () => {
            target = await makeTarget(name, { flags });
            victim = await Victim.start(target);
        });
        after(async () => {
            victim.kill();
            await victim.exited;
            target.remove();
        });

        it(`symbols of ${what}: each function has its name, as readelf reads it`, async () => {
            const base = baseOf(victim.pid, target.victim);
            const { functions, linkedFor } = await symbolsByReadelf(target.victim);
            assert.ok([...functions.values()].some((names) => names.has("ask_often")));
            const addresses = [...functions.keys()];
            const symbols = openSymbols({ kind: "linux", pid: victim.pid });
            const found = await symbols.symbolsOf(addresses.map((address) => hex(base + address - linkedFor + 1)));
            for (const [index, symbol] of found.entries()) {
                const address = addresses[index]!;
                const names = [...functions.get(address)!].join(" ");
                assert.equal(symbol.module, basename(target.victim));
                assert.equal(symbol.offset, address - linkedFor + 1);
                assert.ok(names.split(" ").includes(symbol.function ?? ""), `${names} is ${symbol.function}`);
                assert.equal(symbol.into, 1);
            }
        });

        it(`symbols of ${what}: its data are in its module and in no function`, async () => {
            const base = baseOf(victim.pid, target.victim);
            const { data, linkedFor } = await symbolsByReadelf(target.victim);
            assert.ok(data.length > 0);
            const symbols = openSymbols({ kind: "linux", pid: victim.pid });
            for (const symbol of await symbols.symbolsOf(data.map((address) => hex(base + address - linkedFor)))) {
                assert.equal(symbol.module, basename(target.victim));
                assert.equal(symbol.function, null);
            }
            const expected = { module: basename(target.victim), offset: data[0]! - linkedFor };
            assert.deepEqual(await symbols.moduleOf(hex(base + expected.offset)), expected);
        });
    });
}
