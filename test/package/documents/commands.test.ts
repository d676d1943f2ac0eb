import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { after, before, describe, it } from "node:test";
import { parse } from "shell-quote";
import { userErrorExitCodes } from "../../../host/errors.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { whyNot } from "../../fixtures/support/targets.js";
import { run } from "../../unit/command-runner.js";
import { commandsInBlocks, commandsInSentences, documents, root } from "./command-lines.js";
import { howItIsRun } from "./how-it-is-run.js";
import { World } from "./world.js";

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
const blocks = commandsInBlocks();

describe("the command lines of the documents", () => {
    it("are found in the documents", () => {
        assert.ok(documents.includes("README.md") && documents.includes("docs/troubleshooting.md"), documents.join());
        assert.ok(blocks.length > 30, `${blocks.length} command lines`);
    });

    it("are known, line by line", () => {
        const unknown = blocks.filter(({ text }) => !Object.hasOwn(howItIsRun, text));
        assert.deepEqual(unknown, [], "each needs an entry in test/package/documents/how-it-is-run.ts");
    });

    it("are all that is known: nothing that no document has any more", () => {
        const shown = new Set(blocks.map(({ text }) => text));
        assert.deepEqual(
            Object.keys(howItIsRun).filter((text) => !shown.has(text)),
            [],
        );
    });

    it("are tested elsewhere if they are not run here", () => {
        for (const how of Object.values(howItIsRun)) {
            if ("reason" in how) for (const file of how.instead) assert.ok(existsSync(join(root, file)), file);
        }
    });

    it("name scripts and suites that exist", () => {
        const folders = readdirSync(join(root, "test"), { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isDirectory())
            .map(({ parentPath, name }) => relative(join(root, "test"), join(parentPath, name)));
        const suites = folders.flatMap((folder) => [folder, `binding/${folder}`, basename(folder)]);
        for (const { text, place } of [...blocks, ...commandsInSentences()]) {
            const [program, verb, name, ...rest] = text.split(" ");
            if (program !== "npm") continue;
            if (verb === "run") assert.ok(Object.hasOwn(scripts, name!), `${place}: ${text}`);
            if (verb === "test" && name === "--") {
                for (const suite of rest) assert.ok(suites.includes(suite), `${place}: ${text}`);
            }
        }
    });
});

describe("a command line within a sentence", () => {
    for (const { text, place } of commandsInSentences()) {
        const words = text.replace(/^npx /, "").split(" ");
        if (words[0] !== "poolnv" || words.length < 2) continue;
        it(`${text} (${place}) has a command and options that there are`, async () => {
            const [, command, ...rest] = words;
            if (command!.startsWith("-")) return;
            const { code, stdout } = await run([command!, "--help"]);
            assert.equal(code, 0);
            for (const option of rest
                .join(" ")
                .split(" -- ")[0]!
                .match(/(?<= |^)--[a-z-]+/g) ?? []) {
                assert.match(stdout, new RegExp(`${option}\\b`), `there is no ${option}`);
            }
        });
    }
});

describe(
    "a command line of the documents",
    { skip: process.platform === "win32" && "they are typed into a shell" },
    () => {
        const folder = scratchFolder();
        let world: World;

        before(async () => {
            world = await World.in(folder);
        });
        after(() => world.end());

        for (const [text, how] of Object.entries(howItIsRun)) {
            if ("reason" in how) continue;
            const skip = how.needs === undefined ? false : (whyNot(how.needs) ?? false);
            it(text, { skip }, async () => {
                assert.ok(parse(text).length > 1, "it has words");
                const { code, stdout, stderr } = await world.type(text, how);
                assert.equal(code, how.code ?? 0, stderr + stdout);
                assert.match(stdout, how.shows, stderr);
            });
        }
    },
);

describe("the page for troubles", () => {
    const page = readFileSync(join(root, "docs/troubleshooting.md"), "utf8");

    it("has every code that a user can meet, below its exit code", () => {
        const sections = new Map(
            page.split(/^## /m).map((section) => [/^Exit code (\d)/.exec(section)?.[1] ?? "", section]),
        );
        for (const [code, exitCode] of Object.entries(userErrorExitCodes)) {
            assert.match(sections.get(String(exitCode)) ?? "", new RegExp(`\`${code}\``), code);
        }
    });

    it("has no code that there is none of", () => {
        const codes = [...page.matchAll(/^- `([A-Z_]+)`/gm)].map(([, code]) => code!);
        assert.equal(codes.length, Object.keys(userErrorExitCodes).length, codes.join());
        for (const code of codes) assert.ok(Object.hasOwn(userErrorExitCodes, code), code);
    });
});
