import assert from "node:assert/strict";
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "node:test";
import { decode } from "fast-png";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { run } from "../../unit/command-runner.js";
import { generateSave, writeSave } from "./generate-save.js";

const scratch = scratchFolder();
const folder = path.join(scratch, "Saves");
const hostile = path.join(scratch, "hostile");
const nowhere = path.join(scratch, "nowhere");

interface SavesDocument {
    folder: string;
    saves: Record<string, unknown>[];
}

before(async () => {
    for (const place of [folder, hostile, nowhere]) mkdirSync(place);
    await place("quicksave.fos", 2_000_000_000);
    await writeSave(path.join(folder, "Save 3.fos"), { player: "Zoë", title: "", level: 3, number: 3, language: null });
    utimesSync(path.join(folder, "Save 3.fos"), 1_000_000_000, 1_000_000_000);
    writeFileSync(path.join(folder, "Save 3.nvse"), "NVSE");
    writeFileSync(path.join(folder, "broken.fos"), "FO3SAVEGAME");
    utimesSync(path.join(folder, "broken.fos"), 1_500_000_000, 1_500_000_000);
});

describe("poolnv saves", () => {
    it("poolnv saves: prints a table, newest first, with the problem of a damaged save", async () => {
        const { code, stdout, stderr, calls } = await run(["saves", folder]);
        assert.equal(code, 0);
        assert.equal(stderr, "");
        assert.deepEqual(calls, []);
        const [title, , head, , quick, broken, third] = stdout.split("\n");
        assert.equal(title, `${folder}: 3 saves`);
        const columns = "save number player level location play time plugins nvse modified MB";
        assert.equal(cells(head).join(" "), columns);
        assert.deepEqual(cells(quick), [
            ...["quicksave", "12", "Courier", "7", "Goodsprings", "001.45.28", "3", ""],
            ...[localTime(2_000_000_000), "0.00"],
        ]);
        assert.equal(cells(broken)[1], "it ends at byte 11, in the middle of the length of its header");
        assert.equal(cells(broken)[2], localTime(1_500_000_000));
        assert.deepEqual(cells(third).slice(0, 4), ["Save 3", "3", "Zoë", "3"]);
        assert.equal(cells(third)[7], "yes");
    });

    it("poolnv saves --json: prints one document with every field", async () => {
        const { code, stdout, stderr } = await poolnv(["saves", folder, "--json"]);
        assert.deepEqual([code, stderr], [0, ""]);
        const document = JSON.parse(stdout) as SavesDocument;
        assert.equal(document.folder, folder);
        assert.deepEqual(
            document.saves.map(({ name }) => name),
            ["quicksave", "broken", "Save 3"],
        );
        const [quick, broken, third] = document.saves;
        assert.deepEqual(quick, {
            file: path.join(folder, "quicksave.fos"),
            name: "quicksave",
            size: generateSave().length,
            modified: "2033-05-18T03:33:20.000Z",
            co_save: false,
            layout: "falloutnv",
            language: "ENGLISH",
            encoding: "cp1252",
            number: 12,
            player: "Courier",
            title: "Drifter",
            level: 7,
            location: "Goodsprings",
            play_time: "001.45.28",
            play_time_s: 6328,
            plugins: ["FalloutNV.esm", "DeadMoney.esm", "HonestHearts.esm"],
            screenshot: { width: 16, height: 9 },
            picture: null,
            problem: null,
        });
        assert.deepEqual([third?.["layout"], third?.["language"], third?.["co_save"]], ["fallout3", null, true]);
        assert.deepEqual(Object.keys(broken ?? {}), Object.keys(quick));
        const { file, name, size, modified, co_save, problem, ...header } = broken ?? {};
        assert.deepEqual([name, size, modified, co_save], ["broken", 11, "2017-07-14T02:40:00.000Z", false]);
        assert.deepEqual(new Set(Object.values(header)), new Set([null]));
        const { code: problemCode, message, resolution } = problem as Record<string, string>;
        assert.deepEqual([problemCode, message?.startsWith(`${String(file)} can't be read: `)], ["BAD_SAVE", true]);
        assert.match(resolution ?? "", /earlier save/);
    });

    it("poolnv saves --screenshots: writes the pictures, prints the folder, overwrites only with --force", async () => {
        const pictures = path.join(scratch, "pictures");
        const first = await run(["saves", folder, "--screenshots", pictures]);
        assert.equal(first.code, 0);
        assert.match(first.stdout, new RegExp(`\nPictures written to ${pictures}: 2\n$`));
        assert.equal(decode(readFileSync(path.join(pictures, "quicksave.png"))).width, 16);
        const again = ["saves", folder, "--screenshots", pictures, "--json"];
        const refused = await run(again);
        const { error } = JSON.parse(refused.stdout) as { error: { code: string } };
        assert.deepEqual([refused.code, error.code], [2, "FILE_EXISTS"]);
        const forced = await run([...again, "--force"]);
        const { saves } = JSON.parse(forced.stdout) as SavesDocument;
        assert.deepEqual(
            [forced.code, ...saves.map(({ picture }) => picture)],
            [0, path.join(pictures, "quicksave.png"), null, path.join(pictures, "Save 3.png")],
        );
    });

    it("poolnv saves: reports a folder without saves", async () => {
        assert.equal((await run(["saves", nowhere])).stdout, `${nowhere}: 0 saves\n`);
        const { code, stdout } = await run(["saves", nowhere, "--json"]);
        assert.deepEqual([code, JSON.parse(stdout)], [0, { folder: nowhere, saves: [] }]);
    });

    it(
        "poolnv saves: searches the prefix of an option or a settings file, and reports other folders",
        onUnix(),
        async () => {
            const prefix = path.join(scratch, "prefix");
            const saves = path.join(prefix, "drive_c/users/me/Documents/My Games/FalloutNV/Saves");
            mkdirSync(saves, { recursive: true });
            await writeSave(path.join(saves, "a.fos"));
            const config = path.join(scratch, "own.ini");
            writeFileSync(config, "wine_prefix = prefix\n");
            for (const option of [
                ["--wine-prefix", prefix],
                ["--config", config],
            ]) {
                const { code, stdout } = await run(["saves", ...option], { env: { HOME: nowhere } });
                assert.deepEqual([code, stdout.split("\n")[0]], [0, `${saves}: 1 save`]);
            }
            const other = path.join(prefix, "drive_c/users/you/Documents/My Games/FalloutNV/Saves");
            mkdirSync(other, { recursive: true });
            const { stdout, stderr } = await run(["saves"], { env: { HOME: nowhere, WINEPREFIX: prefix } });
            assert.match(stdout, /FalloutNV\/Saves: /);
            assert.match(stderr, /^there is another folder of saves: .*FalloutNV\/Saves\n$/);
        },
    );
});

describe("poolnv saves with untrusted texts", () => {
    const escape = "\x1b[2J\x1b]0;owned\x07\r\n\x9b31m\u202e";
    const page = '<script>alert("x")</script>';

    before(async () => {
        const texts = { player: escape.replace("\u202e", ""), location: page, title: escape.replace("\u202e", "") };
        await writeSave(path.join(hostile, "texts.fos"), { ...texts, plugins: ["\x1b[31m.esp"], playTime: "|\t\0" });
        await writeSave(path.join(hostile, "long.fos"), { player: "w".repeat(65_535), location: "W".repeat(65_535) });
        if (process.platform !== "win32") {
            await writeSave(path.join(hostile, "\x1b[2J\n\u202eevil.fos"));
            writeFileSync(path.join(hostile, "\x1b[31m.fos"), "");
        }
    });

    it("poolnv saves: escapes control characters and cuts long texts", async () => {
        for (const args of [
            ["saves", hostile],
            ["saves", hostile, "--screenshots", path.join(scratch, "from hostile")],
        ]) {
            const { code, stdout, stderr } = await run(args);
            assert.equal(code, 0);
            assert.doesNotMatch(stdout + stderr, /(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
            assert.match(stdout, /\\x1b\[2J/);
            assert.ok(stdout.includes('<script>alert("x")</script>'));
            assert.ok(stdout.split("\n").every((line) => line.length < 300));
            assert.match(stdout, / w{27}… /);
        }
    });

    it("poolnv saves --json: keeps texts unchanged in a document without control characters", async () => {
        const { code, stdout } = await run(["saves", hostile, "--json"]);
        assert.equal(code, 0);
        assert.doesNotMatch(stdout, /(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
        const { saves } = JSON.parse(stdout) as SavesDocument;
        const texts = saves.find(({ name }) => name === "texts");
        assert.equal(texts?.["location"], page);
        assert.deepEqual(texts?.["plugins"], ["\x1b[31m.esp"]);
        assert.match(String(texts?.["player"]), /^\x1b\[2J\x1b\]0;owned\x07\r\n/); // eslint-disable-line no-control-regex
    });
});

describe("wrong usage of poolnv saves", () => {
    const missing = path.join(scratch, "missing");
    const wrong: [string, string[], string, RegExp][] = [
        ["a folder that is not there", [missing], "NO_SAVES_FOLDER", /missing can't be read/],
        ["no folder to be found", [], "NO_SAVES_FOLDER", /searched: .*FalloutNV/],
        ["an empty name", [""], "USAGE", /name of a folder is empty/],
        ["an empty name for pictures", [folder, "--screenshots", ""], "USAGE", /name of a folder is empty/],
        ["a folder and a prefix", [folder, "--wine-prefix", folder], "USAGE", /a folder is named/],
        ["force without pictures", [folder, "--force"], "USAGE", /--force overwrites pictures/],
        ["pictures into two folders", [folder, "--screenshots", "a", "--screenshots", "b"], "USAGE", /more than once/],
        ["two folders", [folder, folder], "USAGE", /Unknown/],
        ["a configuration that is none", ["--config", missing], "BAD_CONFIG", /missing cannot be read/],
    ];
    for (const [name, args, code, message] of wrong) {
        it(`poolnv saves with ${name}: exit code 2 and ${code}, in two lines or in one document`, async () => {
            const env = { HOME: nowhere, USERPROFILE: nowhere };
            const plain = await run(["saves", ...args], { env });
            assert.deepEqual([plain.code, plain.stdout], [2, ""]);
            assert.match(plain.stderr, /^error: .+\n {2}.+\n$/);
            assert.match(plain.stderr, message);
            const json = await run(["saves", "--json", ...args], { env });
            const { error } = JSON.parse(json.stdout) as { error: Record<string, string> };
            assert.deepEqual([json.code, json.stderr, error["code"]], [2, "", code]);
        });
    }

    it("poolnv saves as a process: exit code 2 for a missing folder", async () => {
        const { code, stdout } = await poolnv(["saves", missing, "--json"]);
        assert.equal(code, 2);
        assert.equal((JSON.parse(stdout) as { error: { code: string } }).error.code, "NO_SAVES_FOLDER");
    });
});

async function place(name: string, time: number): Promise<void> {
    const file = path.join(folder, name);
    await writeSave(file);
    utimesSync(file, time, time);
}

/** Trimmed cells of a row. */
function cells(row = ""): string[] {
    return row
        .split("│")
        .slice(1, -1)
        .map((cell) => cell.trim());
}

function localTime(seconds: number): string {
    const date = new Date(seconds * 1000);
    const two = (value: number) => String(value).padStart(2, "0");
    const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
    return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

function onUnix(): { skip: string | false } {
    return { skip: process.platform === "win32" && "it has no Wine" };
}
