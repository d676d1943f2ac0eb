import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { whyNot } from "../../fixtures/support/targets.js";
import { buildStandin, type StandinOptions } from "../../fixtures/standin/build-standin.js";
import { type ProgramFile, readProgramFile } from "../../fixtures/standin/program-file.js";
import { bytesOf, hookableSites, sites } from "../../fixtures/standin/sites/index.js";

describe("the file of the stand-in", { skip: whyNot("win32-ucrt") ?? false }, () => {
    const folders: string[] = [];
    let usual: ProgramFile;

    before(async () => (usual = readProgramFile(await build({}))));
    after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

    it("is a program of the game's version at the game's base, with the large-address-aware flag", () => {
        assert.equal(usual.version, "1.4.0.525");
        assert.equal(usual.imageBase, 0x0040_0000);
        assert.equal(usual.entry, 0x00ec_c4db);
        assert.equal(usual.largeAddressAware, true);
    });

    it("can't be moved", () => {
        assert.equal(usual.relocations, false);
        assert.equal(usual.movable, false);
        assert.ok(!usual.sections.includes(".reloc"));
    });

    it("has the listed bytes at every place", () => {
        for (const site of sites) {
            const bytes = bytesOf(site);
            assert.deepEqual([...usual.bytesAt(site.address, bytes.length)], bytes, site.name);
        }
    });

    it("has the bytes by which others know the game", () => {
        for (const [address, bytes] of fingerprints)
            assert.equal(usual.bytesAt(address, bytes.length / 2).toString("hex"), bytes, address.toString(16));
    });

    it("has relative calls that lead where the game's own lead", () => {
        for (const [from, to] of calls) {
            assert.equal(usual.bytesAt(from, 1)[0], 0xe8, from.toString(16));
            assert.equal(from + 5 + usual.bytesAt(from + 1, 4).readInt32LE(), to, from.toString(16));
        }
    });

    it("leaves room for a jump at every place that can be hooked", () => {
        assert.ok(hookableSites.length > 40);
        for (const { name, displaced } of hookableSites) assert.ok(displaced! >= 5, name);
    });

    it("can have another version", async () => {
        assert.equal(readProgramFile(await build({ version: "1.4.0.0" })).version, "1.4.0.0");
    });

    it("can lack the large-address-aware flag", async () => {
        assert.equal(readProgramFile(await build({ largeAddressAware: false })).largeAddressAware, false);
    });

    it("can have the jumps of a mod that was there first, and only these", async () => {
        const hooked = ["heap_allocate", "crt_realloc"];
        const file = readProgramFile(await build({ hookedFirst: hooked }));
        for (const site of sites) {
            const bytes = bytesOf(site);
            const found = [...file.bytesAt(site.address, bytes.length)];
            if (hooked.includes(site.name)) assert.equal(found[0], 0xe9, site.name);
            else assert.deepEqual(found, bytes, site.name);
        }
    });

    it("refuses jumps at places that can't have them", async () => {
        await assert.rejects(buildStandin({ hookedFirst: ["crt_frame_begin"] }), /no place crt_frame_begin/);
    });

    it("can be protected: its code is not to be read before its stub has run", async () => {
        assert.ok(!usual.sections.includes(".bind"));
        const file = readProgramFile(await build({ protected: true }));
        assert.ok(file.sections.includes(".bind"));
        assert.notEqual(file.entry, usual.entry);
        for (const site of sites.filter(({ bytes }) => bytes !== ""))
            assert.notDeepEqual([...file.bytesAt(site.address, bytesOf(site).length)], bytesOf(site), site.name);
    });

    it("can have libraries of other heap replacers beside it", async () => {
        const program = await build({ otherReplacers: ["d3dx9_38.dll", "syringe/psycho.dll"] });
        for (const library of ["d3dx9_38.dll", "syringe/psycho.dll"])
            assert.ok(existsSync(join(dirname(program), library)), library);
    });

    async function build(options: StandinOptions): Promise<string> {
        const program = await buildStandin(options);
        folders.push(dirname(program));
        return program;
    }
});

/** Written down once more, apart from the tables: what a profile of the game will ask for. */
const fingerprints: readonly (readonly [address: number, bytes: string])[] = [
    [0x00ec_d1c7, "8bff558bec568b7508"],
    [0x00ec_d291, "6a0c6810ff1701e877440000"],
    [0x00ec_cf5d, "6a1068d0fe1701e8ab470000"],
    [0x00ec_d31f, "6a106830ff1701e8e9430000"],
    [0x00ee_1700, "8bff558bec8b4d0c53"],
    [0x00aa_3e40, "558bec83ec3c894dd0"],
    [0x00aa_4060, "558bec83ec14894df0837d0800"],
    [0x00aa_4150, "558bec83ec10894df0"],
    [0x00aa_4200, "558bec83ec10894df0"],
    [0x00aa_44c0, "558bec83ec18894dec"],
    [0x00aa_53f0, "558bec51894dfc6800000100"],
    [0x00aa_5410, "558bec83ec08894dfc8b450825ffff0000"],
    [0x00aa_54a0, "558bec83ec34894dd0"],
    [0x00aa_5610, "558bec83ec1c894de4837d0800"],
    [0x00aa_5460, "558bec83ec0c894df4"],
    [0x00aa_42e0, "558bec6aff689becf10064a1"],
];

/** Relative calls whose places and targets are known one by one. */
const calls: readonly (readonly [from: number, to: number])[] = [
    [0x00ec_d298, 0x00ed_1714], // free: frame for structured exceptions
    [0x00ec_cf64, 0x00ed_1714], // realloc
    [0x00ec_d326, 0x00ed_1714], // msize
    [0x00ed_0ceb, 0x00ec_d1c7], // __malloc_crt: malloc
    [0x00ec_c3cb, 0x00ed_db6a], // start: __heap_init
    [0x00ec_c46b, 0x0086_a850], // start: WinMain
    [0x0086_b386, 0x0043_c4b0], // the loop, where xNVSE hooks it
    [0x0086_b3e3, 0x0086_e650], // the loop: the frame function
    [0x0087_055e, 0x00b6_b730], // presenting
];
