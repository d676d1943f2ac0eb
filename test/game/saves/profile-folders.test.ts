import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, it } from "node:test";
import { findSavesFolders } from "../../../host/game/saves/index.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";

const onUnix = { skip: process.platform === "win32" && "it has no Wine" };
const scratch = scratchFolder();
let home: string;
let game: string;
let count = 0;
beforeEach(() => {
    home = path.join(scratch, `home ${count++}`);
    game = path.join(home, ".wine/drive_c/users/me/Documents/My Games/FalloutNV");
    mkdirSync(path.join(game, "Saves"), { recursive: true });
});

describe("saves of Vortex's profiles", onUnix, () => {
    it("findSavesFolders: the folder that Fallout.ini names comes first, then the usual one, then other profiles", () => {
        const [mine, other] = ["BJNvOFqdb", "SklxYOq_W"].map((name) => makeSaves(`Saves/${name}`));
        mkdirSync(path.join(game, "Saves/backups"));
        setPath("Saves\\BJNvOFqdb\\");
        assert.deepEqual(find(), [mine, path.join(game, "Saves"), other]);
        setPath("Saves\\");
        assert.deepEqual(find(), [path.join(game, "Saves"), mine, other]);
    });

    it("findSavesFolders reads the setting in any case, between others, and with any end of line", () => {
        const mine = makeSaves("Saves/profile one");
        for (const text of [
            "[General]\r\nSLanguage=ENGLISH\r\nSLocalSavePath=Saves\\profile one\\\r\nbUseMyGamesDirectory=1\r\n[Display]\r\n",
            "[general]\nslocalsavepath = saves/PROFILE ONE\n",
            "[Display]\nSLocalSavePath=Wrong\\\n[General]\nSLocalSavePath=Saves\\profile one",
        ]) {
            writeFileSync(path.join(game, "FALLOUT.ini"), text);
            assert.equal(find()[0], mine, text);
        }
    });

    it("findSavesFolders: a folder beside that of the game, as Enderal has it", () => {
        const beside = path.join(game, "../Other/Saves");
        mkdirSync(beside, { recursive: true });
        setPath("..\\Other\\Saves\\");
        assert.equal(find()[0], beside);
    });

    it("findSavesFolders: a path that leads nowhere, is full, or a file that is none: the usual folder", () => {
        const usual = [path.join(game, "Saves")];
        for (const value of ["Gone\\", "C:\\Saves\\", "", "\0", "__proto__\\", "\\\\server\\share\\"]) {
            setPath(value);
            assert.deepEqual(find(), usual, value);
        }
        writeFileSync(path.join(game, "Fallout.ini"), Buffer.alloc(2_000_000, "a=b\n"));
        assert.deepEqual(find(), usual);
        rmSync(path.join(game, "Fallout.ini"));
        execFileSync("mkfifo", [path.join(game, "Fallout.ini")]);
        assert.deepEqual(find(), usual);
    });

    it("findSavesFolders: Epic's edition has a folder and settings of its own", () => {
        const epic = path.join(game, "../FalloutNV_Epic");
        const mine = path.join(epic, "Saves/abc");
        mkdirSync(mine, { recursive: true });
        writeFileSync(path.join(epic, "Fallout.ini"), "[General]\nSLocalSavePath=Saves\\abc\\\n");
        assert.deepEqual(find(), [path.join(game, "Saves"), mine, path.join(epic, "Saves")]);
    });
});

describe("saves of Mod Organizer's profiles", () => {
    it("findSavesFolders: profiles with saves of their own, in the instances of this game", onUnix, () => {
        const mine = makeInstance(path.join(home, ".wine/drive_c/users/me/AppData/Local"));
        assert.deepEqual(find(), [path.join(game, "Saves"), mine]);
    });

    it("findSavesFolders: the same on Windows", () => {
        const mine = makeInstance(path.join(home, "AppData/Local"));
        assert.deepEqual(findSavesFolders({ env: { USERPROFILE: home }, platform: "win32" }), [mine]);
    });

    function makeInstance(local: string): string {
        const instances = path.join(local, "ModOrganizer");
        for (const [instance, name] of [
            ["Viva", "New Vegas"],
            ["Skyrim", "Skyrim Special Edition"],
        ] as const) {
            const folder = path.join(instances, instance);
            for (const profile of ["Default", "Empty"]) {
                mkdirSync(path.join(folder, "profiles", profile, "saves"), { recursive: true });
            }
            writeFileSync(path.join(folder, "profiles/Default/saves/Save 1.fos"), "");
            writeFileSync(
                path.join(folder, "ModOrganizer.ini"),
                `[General]\ngameName=${name}\nselected_profile=@ByteArray(Default)\n`,
            );
        }
        return path.join(instances, "Viva/profiles/Default/saves");
    }
});

function find(): string[] {
    return findSavesFolders({ env: { HOME: home }, platform: "linux" });
}

function setPath(value: string): void {
    writeFileSync(path.join(game, "Fallout.ini"), `[General]\nSLocalSavePath=${value}\nbUseMyGamesDirectory=1\n`);
}

function makeSaves(name: string): string {
    const folder = path.join(game, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "Save 1.fos"), "");
    return folder;
}
