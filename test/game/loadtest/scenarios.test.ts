import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { UserError } from "../../../host/errors.js";
import { readScenario } from "../../../host/loadtest/scenario/read-scenario.js";
import { scenario, type Steps } from "../../../host/loadtest/scenario/scenario.js";
import { parseTextScenario } from "../../../host/loadtest/scenario/text-scenario.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { statistics } from "./played-statistics.js";

const text = `
# a walk
saves my saves
expect usage below 80%
expect alive
launch
load
Wait for loaded
console coc Goodsprings
; an hour later
wait 0.5 seconds
wait 1 frame
sample
note halfway
load Save 2
soak
`;

describe("a plain-text scenario", () => {
    it("a plain-text scenario performs its lines in order", async () => {
        const parsed = parseTextScenario(text, "walk.txt");
        assert.equal(parsed.saves, "my saves");
        assert.deepEqual(
            parsed.expectations!.map((one) => one.text),
            ["usage below 80%", "alive"],
        );
        assert.deepEqual(await stepsOf(parsed.run), [
            ...["launch", "loadSave", "waitForLoaded", "runConsole coc Goodsprings", "waitSeconds 0.5", "waitFrames 1"],
            ...["sample", "note halfway", "loadSave Save 2", "waitSeconds 60"],
        ]);
    });

    it("a plain-text scenario fails if the game refuses a console line, and names the line", async () => {
        const { run } = parseTextScenario("launch\n\nconsole no", "x.txt");
        await assert.rejects(stepsOf(run, { runConsole: async () => false }), /^Error: line 3: the game refused: no$/);
    });

    for (const [line, words, what] of [
        [2, "launch\nfly away", /"fly away" is not a command/],
        [1, "wait for godot", /is not a command/],
        [3, "launch\n\nexpect miracles", /"miracles" is not an expectation/],
        [1, "wait 99999999999 seconds", /is not a command/],
        [1, "# nothing", /it has no commands/],
    ] as const) {
        it(`a plain-text scenario names the invalid line of ${JSON.stringify(words)}`, () =>
            assert.throws(() => parseTextScenario(words, "walk.txt"), badAt(line, what)));
    }
});

describe("a scenario in a file", () => {
    const folder = scratchFolder();
    const write = (name: string, content: string): string => {
        writeFileSync(join(folder, name), content);
        return join(folder, name);
    };

    it("a scenario module imports the poolnv that runs it, wherever the file is", async () => {
        const file = write(
            "walk.mjs",
            `import { expect, scenario } from "poolnv/loadtest";
             export default scenario({
                 saves: "saves",
                 expectations: [expect.alive()],
                 run: async ({ launch }) => launch(),
             });`,
        );
        const read = await readScenario(file);
        assert.equal(read.name, "walk.mjs");
        assert.equal(read.saves, join(folder, "saves"));
        assert.deepEqual(await stepsOf(read.run), ["launch"]);
    });

    it("a scenario file without a module's ending is plain text, with its folder of saves beside it", async () => {
        const read = await readScenario(write("walk.txt", text));
        assert.equal(read.saves, join(folder, "my saves"));
    });

    it("a scenario module that is not a scenario is refused with the reason", async () => {
        const rejects = (name: string, content: string, message: RegExp) =>
            assert.rejects(readScenario(write(name, content)), isError("BAD_SCENARIO", message));
        await rejects("a.mjs", "export default 3;", /a\.mjs does not export a scenario/);
        await rejects("b.mjs", "import nothing from './nowhere.mjs';", /b\.mjs fails to load/);
        await rejects("c.mjs", "export default {", /c\.mjs fails to load/);
        if (!("typescript" in process.features)) await rejects("d.ts", "export default 3;", /d\.ts is TypeScript/);
    });

    it("a scenario file that can't be read is refused with the reason", async () => {
        mkdirSync(join(folder, "folder.txt"));
        await assert.rejects(
            readScenario(join(folder, "none.txt")),
            isError("SCENARIO_NOT_READABLE", /does not exist/),
        );
        await assert.rejects(
            readScenario(join(folder, "none.mjs")),
            isError("SCENARIO_NOT_READABLE", /does not exist/),
        );
        await assert.rejects(readScenario(join(folder, "folder.txt")), isError("SCENARIO_NOT_READABLE", /a folder/));
        await assert.rejects(
            readScenario(write("long.txt", "#".repeat(100_000))),
            isError("SCENARIO_NOT_READABLE", /larger than/),
        );
    });
});

describe("a scenario in TypeScript", () => {
    it("scenario() fills in the defaults", () => {
        const { name, saves, expectations } = scenario({ run: async () => {} });
        assert.deepEqual({ name, saves, expectations }, { name: null, saves: null, expectations: null });
    });
});

/** The steps that a scenario performs. */
async function stepsOf(run: (steps: Steps) => Promise<void>, other: Partial<Steps> = {}): Promise<string[]> {
    const done: string[] = [];
    const note = (name: string) => async (argument?: string | number) => {
        done.push(argument === undefined ? name : `${name} ${argument}`);
    };
    await run({
        save: null,
        soakSeconds: 60,
        launch: note("launch"),
        attach: note("attach"),
        loadSave: note("loadSave"),
        waitForLoaded: note("waitForLoaded"),
        runConsole: (line) => note("runConsole")(line).then(() => true),
        waitSeconds: note("waitSeconds"),
        waitFrames: note("waitFrames"),
        sample: () => note("sample")().then(() => statistics()),
        note: (words) => void note("note")(words),
        ...other,
    });
    return done;
}

function badAt(line: number, what: RegExp): (error: unknown) => boolean {
    return (error) =>
        isError("BAD_SCENARIO", what)(error) && (error as Error).message.startsWith(`walk.txt, line ${line}: `);
}

function isError(code: UserError["code"], message: RegExp): (error: unknown) => boolean {
    return (error) => error instanceof UserError && error.code === code && message.test(error.message);
}
