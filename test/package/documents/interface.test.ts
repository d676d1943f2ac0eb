import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

import * as exported from "../../../host/index.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

describe("the programming interface", () => {
    const scratch = scratchFolder();

    it("is documented to the last field, and its report is up to date", async () => {
        const check = await execa(process.execPath, ["tools/api-report.mjs", "--check"], {
            cwd: root,
            reject: false,
        });
        assert.ok(!check.failed, check.stderr);
    });

    it("has a reference that names everything it exports", async () => {
        const words = ["node_modules/typedoc/bin/typedoc", "--options", "docs/typedoc.json", "--out", scratch];
        await execa(process.execPath, words, { cwd: root });
        const reference = readFileSync(join(scratch, "README.md"), "utf8");
        for (const name of Object.keys(exported)) assert.match(reference, new RegExp(`^### ${name}(\\(\\))?$`, "m"));
        assert.doesNotMatch(reference, /node_modules|file:\/\//);
    });
});
