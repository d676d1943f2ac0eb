import assert from "node:assert/strict";
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { listSaves } from "../../../host/game/saves/index.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { type SaveParameters, writeSave } from "./generate-save.js";

const folder = scratchFolder();

describe("listSaves", () => {
    it("listSaves sorts by time, number and name", async () => {
        const here = subfolder("order");
        await save(here, "oldest", 1000, { number: 99 });
        await save(here, "newest", 3000, { number: 1 });
        await save(here, "same time b", 2000, { number: 7 });
        await save(here, "same time a", 2000, { number: 7 });
        await save(here, "same time, higher", 2000, { number: 8 });
        const names = (await listSaves(here)).map(({ name }) => name);
        assert.deepEqual(names, ["newest", "same time, higher", "same time a", "same time b", "oldest"]);
    });

    it("listSaves lists damaged saves by their time, with the problem", async () => {
        const here = subfolder("broken");
        await save(here, "before", 1000);
        writeFileSync(path.join(here, "broken.fos"), "FO3SAVEGAME");
        utimesSync(path.join(here, "broken.fos"), 2000, 2000);
        writeFileSync(path.join(here, "broken.nvse"), "NVSE");
        await save(here, "behind", 3000);
        const [behind, broken, before, ...rest] = await listSaves(here);
        assert.deepEqual([behind?.name, before?.name, rest], ["behind", "before", []]);
        assert.ok(broken !== undefined && "problem" in broken);
        const { problem, modifiedAt, ...facts } = broken;
        assert.equal(problem.reason, "it ends at byte 11, in the middle of the length of its header");
        assert.equal(modifiedAt?.getTime(), 2_000_000);
        const file = path.join(here, "broken.fos");
        assert.deepEqual(facts, { file, name: "broken", hasCoSave: true, sizeBytes: 11 });
    });

    it("listSaves lists *.fos in any case of letters, and nothing else", async () => {
        const here = subfolder("names");
        await save(here, "upper.FOS", 2000);
        await save(here, ".fos", 1000);
        for (const other of ["a.fos.bak", "a.fos.tmp", "a.nvse", "fos", "a.fosx"]) {
            writeFileSync(path.join(here, other), readFileSync(path.join(here, "upper.FOS")));
        }
        mkdirSync(path.join(here, "deeper"));
        await save(path.join(here, "deeper"), "a.fos", 1000);
        const files = (await listSaves(here)).map(({ file }) => path.relative(here, file));
        assert.deepEqual(files, ["upper.FOS", ".fos"]);
    });

    it("listSaves of an empty folder is empty", async () => {
        assert.deepEqual(await listSaves(subfolder("empty")), []);
    });

    it("listSaves of a file or a missing folder: NO_SAVES_FOLDER", async () => {
        const file = path.join(folder, "file");
        writeFileSync(file, "");
        for (const place of [file, path.join(folder, "none")]) {
            await assert.rejects(listSaves(place), {
                code: "NO_SAVES_FOLDER",
                message: /can't be read/,
                resolution: /poolnv saves FOLDER/,
            });
        }
    });
});

function subfolder(name: string): string {
    const here = path.join(folder, name);
    mkdirSync(here);
    return here;
}

/** Writes a save at a time: seconds since 1970. */
async function save(here: string, name: string, time: number, parameters?: Partial<SaveParameters>): Promise<void> {
    const file = path.join(here, /\.fos$/i.test(name) ? name : `${name}.fos`);
    await writeSave(file, parameters);
    utimesSync(file, time, time);
}
