import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { execa } from "execa";

const script = fileURLToPath(new URL("../../../tools/vocabulary.mjs", import.meta.url));
const { unusedWords } = (await import(pathToFileURL(script).href)) as {
    unusedWords: (text: string) => { line: number; found: string; use: string }[];
};

describe("the vocabulary of tools/vocabulary.mjs", () => {
    it("vocabulary: a planted word is found with its line and its substitute", () => {
        const planted = ["const one = 1;", `// the ${"des"}k of the game`].join("\n");
        assert.deepEqual(
            unusedWords(planted).map(({ line, use }) => [line, use]),
            [[2, "main-thread queue"]],
        );
    });

    it("vocabulary: a word of another field is left alone", () => {
        assert.deepEqual(unusedWords("a desktop shortcut, an alarm and the user nobody: uid 65534"), []);
    });

    it("vocabulary: no source and no document has a word that is not used here", async () => {
        const { stdout, exitCode } = await execa(process.execPath, [script], { reject: false });
        assert.equal(exitCode, 0, stdout);
    });
});
