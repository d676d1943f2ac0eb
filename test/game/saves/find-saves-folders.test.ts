import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, it } from "node:test";
import { UserError } from "../../../host/errors.js";
import { findSavesFolders } from "../../../host/game/saves/index.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";

const scratch = scratchFolder();
const savesFolder = "Documents/My Games/FalloutNV/Saves";
const onUnix = { skip: process.platform === "win32" && "it has neither Wine nor Proton" };

let home: string;
let count = 0;
beforeEach(() => {
    home = path.join(scratch, `home ${count++}`);
    mkdirSync(home);
});

describe("findSavesFolders on Windows", () => {
    it("findSavesFolders searches the user's documents and OneDrive's on Windows", () => {
        const env = { USERPROFILE: home, OneDrive: path.join(home, "OneDrive"), OneDriveConsumer: "" };
        const inCloud = makeFolder("OneDrive", savesFolder);
        assert.deepEqual(find({ env, platform: "win32" }), [inCloud]);
        const own = makeFolder(savesFolder);
        assert.deepEqual(find({ env, platform: "win32" }), [own, inCloud]);
    });
});

describe("findSavesFolders in a Wine prefix", onUnix, () => {
    it("findSavesFolders searches only the named prefix", () => {
        const named = makeFolder("games/fnv/drive_c/users/courier", savesFolder);
        makeFolder(".wine/drive_c/users/courier", savesFolder);
        assert.deepEqual(find({ winePrefix: path.join(home, "games/fnv") }), [named]);
        assert.throws(() => find({ winePrefix: path.join(home, "games") }), { code: "NO_SAVES_FOLDER" });
    });

    it("findSavesFolders ignores case, and knows My Documents", () => {
        const users = ".wine/drive_c/users";
        const one = makeFolder(users, "one/documents/my games/falloutnv/SAVES");
        const two = makeFolder(users, "two/My Documents/My Games/FalloutNV/Saves");
        assert.deepEqual(find().sort(), [one, two].sort());
    });

    it("findSavesFolders searches $WINEPREFIX, then Proton's prefix, then ~/.wine", () => {
        const usual = makeFolder(".wine/drive_c/users/me", savesFolder);
        const chosen = makeFolder("chosen/drive_c/users/me", savesFolder);
        const pfx = "steamapps/compatdata/22380/pfx/drive_c/users/steamuser";
        const steam = makeFolder(".local/share/Steam", pfx, savesFolder);
        assert.deepEqual(find(), [steam, usual]);
        assert.deepEqual(find({ env: { WINEPREFIX: path.join(home, "chosen") } }), [chosen, steam, usual]);
    });

    it("findSavesFolders searches every library of Steam", () => {
        const pfx = "steamapps/compatdata/22380/pfx/drive_c/users/steamuser";
        const library = path.join(home, "second disk");
        const steam = makeFolder(".var/app/com.valvesoftware.Steam/.local/share/Steam/steamapps");
        writeFileSync(path.join(steam, "libraryfolders.vdf"), libraryList(path.join(home, "gone"), library));
        const there = makeFolder("second disk", pfx, savesFolder);
        assert.deepEqual(find(), [there]);
        writeFileSync(path.join(steam, "libraryfolders.vdf"), Buffer.alloc(2_000_000, libraryList(library)));
        assert.throws(find, { code: "NO_SAVES_FOLDER" }, "a list without end is not read");
    });

    it("findSavesFolders lists a folder once if several links lead to it", () => {
        const steam = ".local/share/Steam";
        const saves = makeFolder(steam, "steamapps/compatdata/22380/pfx/drive_c/users/steamuser", savesFolder);
        mkdirSync(path.join(home, ".steam"));
        symlinkSync(path.join(home, steam), path.join(home, ".steam/steam"));
        assert.deepEqual(find(), [saves]);
    });

    it("findSavesFolders ignores a file called Saves", () => {
        const parent = makeFolder(".wine/drive_c/users/me/Documents/My Games/FalloutNV");
        writeFileSync(path.join(parent, "Saves"), "");
        assert.throws(find, { code: "NO_SAVES_FOLDER" });
    });

    it("findSavesFolders without a result reports the searched paths and how to name one", () => {
        const env = { WINEPREFIX: path.join(home, "chosen") };
        assert.throws(
            () => find({ env }),
            (error: unknown) => {
                assert.ok(error instanceof UserError);
                for (const place of ["chosen", ".wine", ".local/share/Steam/steamapps/compatdata/22380/pfx"]) {
                    assert.ok(
                        error.message.includes(path.join(home, place, "drive_c/users/*", savesFolder)),
                        error.message,
                    );
                }
                assert.match(error.resolution, /poolnv saves FOLDER.*--wine-prefix DIR/);
                return true;
            },
        );
    });
});

type Search = NonNullable<Parameters<typeof findSavesFolders>[0]>;

function find({ env = {}, platform = "linux", ...rest }: Search = {}): string[] {
    return findSavesFolders({ ...rest, env: { HOME: home, ...env }, platform });
}

function makeFolder(...parts: string[]): string {
    const folder = path.join(home, ...parts);
    mkdirSync(folder, { recursive: true });
    return folder;
}

/** As Steam writes it. */
function libraryList(...libraries: string[]): string {
    const entries = libraries.map((library, index) => `\t"${index}"\n\t{\n\t\t"path"\t\t"${library}"\n\t}\n`);
    return `"libraryfolders"\n{\n${entries.join("")}}\n`;
}
