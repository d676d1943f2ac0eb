import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import iconv from "iconv-lite";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { listSaves, readSave, type Save } from "../../../host/game/saves/index.js";
import { detectEncoding } from "../../../host/game/saves/text-encoding.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { run } from "../../unit/command-runner.js";
import { generateSave, type SaveParameters } from "./generate-save.js";
import { westernNames } from "./western-names.js";

const scratch = scratchFolder();
let count = 0;

describe("texts of saves in the code pages of Windows", () => {
    const cases: [string, Partial<SaveParameters>][] = [
        ["gbk", { player: "莫哈", title: "废土流浪者", location: "古德斯普林" }],
        ["gbk", { player: "Courier", title: "Drifter", location: "莫哈维前哨站" }],
        ["gbk", { player: "信使", title: "漂泊者", location: "新维加斯大道" }],
        ["gbk", { player: "李雷", title: "", location: "好泉镇 - 酒吧" }],
        [
            "gbk",
            {
                player: "张伟2号",
                title: "Vault Dweller",
                location: "Goodsprings",
                plugins: ["FalloutNV.esm", "汉化补丁.esp"],
            },
        ],
        ["big5", { player: "快遞員", title: "流浪漢", location: "好泉鎮" }],
        ["big5", { player: "信使", title: "漂泊者", location: "莫哈維前哨站" }],
        ["cp1251", { player: "Курьер", title: "Бродяга", location: "Гудспрингс" }],
        ["cp1251", { player: "Алексей", title: "Drifter", location: "Goodsprings" }],
        ["cp1251", { player: "Courier", title: "Drifter", location: "Форпост Мохаве" }],
        ["cp932", { player: "運び屋", title: "放浪者", location: "グッドスプリングス" }],
        ["cp932", { player: "クーリエ", title: "Drifter", location: "Goodsprings" }],
        ["cp949", { player: "배달부", title: "방랑자", location: "굿스프링스" }],
        ["utf8", { player: "莫哈", title: "Drifter", location: "Goodsprings" }],
        ["utf8", { player: "Zoë", title: "Drifter", location: "Goodsprings" }],
    ];
    for (const [encoding, texts] of cases) {
        it(`readSave recognises ${encoding}: ${JSON.stringify(Object.values(texts))}`, async () => {
            const save = await read({ ...texts, encoding });
            const { player, title, location, plugins } = { ...save, ...texts };
            assert.equal(save.encoding, encoding);
            assert.deepEqual(
                [save.player, save.title, save.location, save.plugins],
                [player, title, location, plugins],
            );
        });
    }

    for (const name of ["莫", "莫哈"]) {
        it(`readSave is not sure of a name alone, and takes cp1252: ${name}`, async () => {
            const save = await read({ player: name, encoding: "gbk" });
            assert.deepEqual(
                [save.encoding, save.player],
                ["cp1252", iconv.decode(iconv.encode(name, "gbk"), "cp1252")],
            );
        });
    }

    it("listSaves decides on a short name by the other saves of the folder, if they agree", async () => {
        const folder = makeFolder();
        place(folder, "a", { player: "莫哈", encoding: "gbk" });
        place(folder, "b", { player: "莫哈", location: "古德斯普林", encoding: "gbk" });
        place(folder, "c", { player: "Zoë", encoding: "cp1252" });
        assert.deepEqual(await players(folder), { a: "莫哈", b: "莫哈", c: "Zoë" });
        place(folder, "d", { player: "Курьер", location: "Гудспрингс", encoding: "cp1251" });
        assert.deepEqual(await players(folder), { a: "Äª¹þ", b: "莫哈", c: "Zoë", d: "Курьер" });
    });

    it("readSave and listSaves take the encoding that is named, whatever the texts", async () => {
        const save = await read({ player: "莫哈", encoding: "gbk" });
        assert.equal((await readSave(save.file, { encoding: "gbk" })).player, "莫哈");
        const [listed] = (await listSaves(path.dirname(save.file), { encoding: "cp1250" })) as Save[];
        assert.deepEqual(
            [listed?.encoding, listed?.player],
            ["cp1250", iconv.decode(iconv.encode("莫哈", "gbk"), "cp1250")],
        );
    });
});

describe("Western names", () => {
    it(`${westernNames.length} Western names stay as they are, alone, in capitals, and as place and title too`, async () => {
        for (const name of westernNames) {
            for (const player of [name, name.toUpperCase(), name.toLowerCase(), `xX${name}Xx`, `«${name}»`]) {
                const bytes = iconv.encode(player, "cp1252");
                if (iconv.decode(bytes, "cp1252") !== player) continue; // no capital in this code page
                await assertWestern([bytes]);
                await assertWestern([bytes, bytes, bytes]);
            }
        }
    });

    it("ASCII of any kind stays as it is", async () => {
        const random = xoroshiro128plus(11);
        for (let round = 0; round < 500; round++) {
            await assertWestern([Buffer.from(Array.from({ length: round % 30 }, () => uniformInt(random, 0, 127)))]);
        }
    });

    it("2000 made-up names of Western letters and several such texts together stay as they are", async () => {
        const random = xoroshiro128plus(7);
        const pick = (text: string) => [...text][uniformInt(random, 0, [...text].length - 1)]!;
        const syllable = () => pick("bcdfghjklmnprstvwxzñçßšžðþ") + pick("aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýÿœ");
        for (let round = 0; round < 2000; round++) {
            const words = Array.from({ length: 1 + (round % 3) }, () => {
                const word = Array.from({ length: uniformInt(random, 1, 4) }, syllable).join("");
                return word[0]!.toUpperCase() + word.slice(1);
            });
            await assertWestern(words.map((word) => iconv.encode(word, "cp1252")));
        }
    });

    it("decorated names are not taken for another script", async () => {
        for (const name of [
            "†Ðëâ†h†",
            "¤×¤",
            "±±±±",
            "¥€$",
            "½Life",
            "xX_Ñïñjä_Xx",
            "£ord",
            "§håÐøw",
            "ÄÖÜäöüß",
            "¿Quién?",
            "Mr. ¼",
        ]) {
            await assertWestern([iconv.encode(name, "cp1252")]);
        }
    });

    async function assertWestern(texts: Buffer[]): Promise<void> {
        const { encoding } = await detectEncoding(texts);
        assert.equal(encoding, "cp1252", texts.map((text) => iconv.decode(text, "cp1252")).join(" | "));
    }
});

describe("--encoding", () => {
    it("poolnv saves --encoding and save_encoding: show the names in that encoding", async () => {
        const folder = makeFolder();
        place(folder, "short", { player: "莫哈", encoding: "gbk" });
        const config = path.join(scratch, "gbk.ini");
        writeFileSync(config, "[saves]\nsave_encoding = GBK\n");
        assert.match((await run(["saves", folder])).stdout, /Äª¹þ/);
        for (const option of [
            ["--encoding", "gbk"],
            ["--config", config],
        ]) {
            assert.match((await run(["saves", folder, ...option])).stdout, /莫哈/);
            const { saves } = JSON.parse((await run(["saves", folder, "--json", ...option])).stdout) as {
                saves: Record<string, unknown>[];
            };
            assert.deepEqual([saves[0]?.["player"], saves[0]?.["encoding"]], ["莫哈", "gbk"]);
        }
    });

    for (const name of ["klingon", "base64", "utf16le", "hex", ""]) {
        it(`poolnv saves --encoding "${name}": wrong usage`, async () => {
            const { code, stderr } = await run(["saves", scratch, "--encoding", name]);
            assert.equal(code, 2);
            assert.match(stderr, /must be auto or a text encoding, such as gbk|Not enough arguments/);
        });
    }
});

function makeFolder(): string {
    const folder = path.join(scratch, String(count++));
    mkdirSync(folder);
    return folder;
}

function place(folder: string, name: string, parameters: Partial<SaveParameters>): string {
    const file = path.join(folder, `${name}.fos`);
    writeFileSync(file, generateSave(parameters));
    return file;
}

async function read(parameters: Partial<SaveParameters>): Promise<Save> {
    return readSave(place(makeFolder(), "save", parameters));
}

async function players(folder: string): Promise<Record<string, string>> {
    return Object.fromEntries(((await listSaves(folder)) as Save[]).map(({ name, player }) => [name, player]));
}
