import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { decode } from "fast-png";
import { strFromU8, unzipSync } from "fflate";
import { windowsPath } from "../../../host/process/wine.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { poolnvOnWindows, whyNoWindowsHost } from "../../fixtures/support/windows-host.js";
import { assertErrorDocument, assertErrorText, type ExpectedError } from "../../programs/cli/expected-error.js";
import { writeResults } from "../report/generate-results.js";
import { variedRun } from "../report/made-up-runs.js";
import { documentOf } from "../report/read-file.js";
import { generatedPixels, writeSave } from "../saves/generate-save.js";

/** What needs neither a program nor an engine: help, usage errors, and files that are read and written. */
describe("the command line as a Windows program", { skip: whyNoWindowsHost() ?? false }, () => {
    const folder = scratchFolder();
    const onWindows = (name: string) => windowsPath(join(folder, name));

    it("Windows host: --help lists the commands, and attach --help has examples", async () => {
        const { code, stdout } = await poolnvOnWindows(["--help"]);
        assert.equal(code, 0);
        for (const command of ["attach", "launch", "loadtest", "doctor", "deploy"]) {
            assert.match(stdout, new RegExp(`^ +poolnv ${command}`, "m"));
        }
        assert.match((await poolnvOnWindows(["attach", "--help"])).stdout, /^Examples:\n {2}\S/m);
    });

    const usage = { exitCode: 2, code: "USAGE", message: /./, resolution: /./ } as const;
    const refused: { what: string; args: string[]; expected: Partial<ExpectedError> }[] = [
        { what: "a misspelt command", args: ["atach", "x"], expected: { message: /did you mean attach/i } },
        {
            what: "a pool above the limit",
            args: ["attach", "x", "--pool-size", "4000"],
            expected: { message: /"4000".*1536/ },
        },
        {
            what: "a program that does not exist",
            args: ["launch", "--", "C:\\nowhere\\game.exe"],
            expected: { code: "NO_SUCH_PROGRAM", message: /C:\\nowhere\\game\.exe/, resolution: /path/ },
        },
        {
            what: "a script that does not exist",
            args: ["run", "x", "C:\\nowhere\\check.txt"],
            expected: { code: "SCRIPT_NOT_READABLE", message: /C:\\nowhere\\check\.txt/ },
        },
        {
            what: "a folder for the program, which only Linux can compare",
            args: ["attach", "x", "--wait", "1", "--in", "C:\\"],
            expected: { message: /--in.*Linux/, resolution: /Leave out --in/ },
        },
        {
            what: "a load test of a folder without saves",
            args: ["loadtest", "C:\\windows\\system32\\drivers", "--", "C:\\windows\\system32\\cmd.exe", "{save}"],
            expected: { code: "NO_SAVES_FOLDER", message: /C:\\windows\\system32\\drivers/i },
        },
        {
            what: "a game's folder that has no game",
            args: ["deploy", "--game", "C:\\windows"],
            expected: { code: "NO_GAME", message: /C:\\windows/ },
        },
    ];
    for (const [index, { what, args, expected }] of refused.entries()) {
        it(`Windows host: ${what} is refused`, async () => {
            const whole = { ...usage, ...expected };
            // Each form of an error for every other case: a start of Windows Node takes a second.
            if (index % 2 === 0) return assertErrorText(await poolnvOnWindows(args), whole);
            const [command, ...rest] = args;
            assertErrorDocument(await poolnvOnWindows([command!, "--json", ...rest]), whole);
        });
    }

    it("Windows host: saves exports screenshots to a folder that it makes", async () => {
        await writeSave(join(folder, "Save 1 Ä.fos"), { screenshot: { width: 33, height: 20 } });
        const pictures = onWindows("new folder\\pictures");
        const { code, stdout, stderr } = await poolnvOnWindows([
            "saves",
            windowsPath(folder),
            "--screenshots",
            pictures,
        ]);
        assert.equal(code, 0, stderr);
        assert.match(stdout, /1 save\n/);
        const png = decode(readFileSync(join(folder, "new folder/pictures/Save 1 Ä.png")), { checkCrc: true });
        assert.deepEqual(Buffer.from(png.data as Uint8Array), generatedPixels(33, 20));
    });

    it("Windows host: report html writes one page, and report merge joins results", async () => {
        await writeResults(join(folder, "run.jsonl"), variedRun);
        const page = await poolnvOnWindows(["report", "html", onWindows("run.jsonl"), "-o", onWindows("page.html")]);
        assert.equal(page.code, 0, page.stderr);
        assert.match(page.stdout, /^Wrote Z:\\\S+\\page\.html \(0\.\d\d MB\): 3 passed, 1 failed, 1 crashed, 1 hung, /);
        assert.equal(documentOf(join(folder, "page.html")).saves.length, variedRun.length);
        const merge = ["report", "merge", onWindows("run.jsonl"), "-o", onWindows("all.jsonl"), "--json"];
        const { code, stdout, stderr } = await poolnvOnWindows(merge);
        assert.equal(code, 0, stderr);
        assert.equal((JSON.parse(stdout) as { saves: number }).saves, variedRun.length);
    });

    it("Windows host: support leaves the user's name out of Windows paths, whatever their case and slashes", async () => {
        const settings = join(folder, "named.ini");
        const user = userInfo().username;
        const named = [
            `C:\\Users\\${user}\\poolnv.ini`,
            `c:/users/${user.toUpperCase()}/x`,
            `\\\\${hostname()}\\share`,
        ];
        writeFileSync(settings, ["pool_size_mb = 64", ...named.map((path) => `; ${path}`), ""].join("\r\n"));
        const words = ["support", "--yes", "--config", windowsPath(settings), "--output", onWindows("bundle.zip")];
        const { code, stdout, stderr } = await poolnvOnWindows(words);
        assert.equal(code, 0, stderr);
        assert.match(stdout, /Wrote Z:\\.*bundle\.zip/);
        const files = Object.entries(unzipSync(readFileSync(join(folder, "bundle.zip"))));
        const texts = files.map(([name, bytes]) => `${name}\n${strFromU8(bytes)}`).join("\n");
        assert.match(texts, /"platform": "win32"/);
        assert.match(texts, /; <home>\\poolnv\.ini\r?\n; <home>\/x\r?\n; \\\\<host>\\share/);
        for (const path of named) assert.ok(!texts.toLowerCase().includes(path.toLowerCase()), path);
        assert.ok(!texts.toLowerCase().includes(`\\users\\\\${user}`.toLowerCase()), "in JSON");
    });
});
