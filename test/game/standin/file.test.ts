import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { buildStandin, type StandinOptions } from "../../fixtures/standin/build-standin.js";
import { type ProgramFile, readProgramFile } from "../../fixtures/standin/program-file.js";
import { bytesOf, hookableSites, sites } from "../../fixtures/standin/sites/index.js";
import { whyNot } from "../../fixtures/support/targets.js";

describe("the stand-in's file", { skip: whyNot("win32-ucrt") ?? false }, () => {
    const folders: string[] = [];
    let usual: ProgramFile;

    before(async () => (usual = readProgramFile(await build({}))));
    after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

    it("stand-in file: has the game's version and image base, and the large-address-aware flag", () => {
        assert.equal(usual.version, "1.4.0.525");
        assert.equal(usual.imageBase, 0x0040_0000);
        assert.equal(usual.entry, 0x00ec_c4db);
        assert.equal(usual.largeAddressAware, true);
    });

    it("stand-in file: has no relocations", () => {
        assert.equal(usual.relocations, false);
        assert.equal(usual.movable, false);
        assert.ok(!usual.sections.includes(".reloc"));
    });

    it("stand-in file: has the listed bytes at every address", () => {
        for (const site of sites) {
            const bytes = bytesOf(site);
            assert.deepEqual([...usual.bytesAt(site.address, bytes.length)], bytes, site.name);
        }
    });

    it("stand-in file: has the bytes by which other mods recognise the game", () => {
        for (const [address, bytes] of fingerprints) {
            assert.equal(usual.bytesAt(address, bytes.length / 2).toString("hex"), bytes, address.toString(16));
        }
    });

    it("stand-in file: relative calls lead to the game's addresses", () => {
        for (const [from, to] of calls) {
            assert.equal(usual.bytesAt(from, 1)[0], 0xe8, from.toString(16));
            assert.equal(from + 5 + usual.bytesAt(from + 1, 4).readInt32LE(), to, from.toString(16));
        }
    });

    it("stand-in file: has space for a jump at every place that can be hooked", () => {
        assert.ok(hookableSites.length > 40);
        for (const { name, displaced } of hookableSites) assert.ok(displaced! >= 5, name);
    });

    it("stand-in file: can have another version", async () => {
        assert.equal(readProgramFile(await build({ version: "1.4.0.0" })).version, "1.4.0.0");
    });

    it("stand-in file: can lack the large-address-aware flag", async () => {
        assert.equal(readProgramFile(await build({ largeAddressAware: false })).largeAddressAware, false);
    });

    it("stand-in file: can have the jumps of another mod, and changes nothing else", async () => {
        const hooked = ["heap_allocate", "crt_realloc"];
        const file = readProgramFile(await build({ hookedFirst: hooked }));
        for (const site of sites) {
            const bytes = bytesOf(site);
            const found = [...file.bytesAt(site.address, bytes.length)];
            if (hooked.includes(site.name)) assert.equal(found[0], 0xe9, site.name);
            else assert.deepEqual(found, bytes, site.name);
        }
    });

    it("stand-in file: refuses jumps at places that can't have them", async () => {
        await assert.rejects(buildStandin({ hookedFirst: ["crt_frame_begin"] }), /no place crt_frame_begin/);
    });

    it("stand-in file: can be protected, with code that is unreadable in the file", async () => {
        assert.ok(!usual.sections.includes(".bind"));
        const file = readProgramFile(await build({ protected: true }));
        assert.ok(file.sections.includes(".bind"));
        assert.notEqual(file.entry, usual.entry);
        for (const site of sites.filter(({ bytes }) => bytes !== "")) {
            assert.notDeepEqual([...file.bytesAt(site.address, bytesOf(site).length)], bytesOf(site), site.name);
        }
    });

    it("stand-in file: can have libraries of other heap replacers beside it", async () => {
        const program = await build({ otherReplacers: ["d3dx9_38.dll", "syringe/psycho.dll"] });
        for (const library of ["d3dx9_38.dll", "syringe/psycho.dll"]) {
            assert.ok(existsSync(join(dirname(program), library)), library);
        }
    });

    async function build(options: StandinOptions): Promise<string> {
        const program = await buildStandin(options);
        folders.push(dirname(program));
        return program;
    }
});

/** Independent of the tables: what a profile of the game requires. */
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

/** Relative calls with known addresses and targets. */
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
