import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import * as saves from "../../../host/game/saves/index.js";
import * as poolnv from "../../../host/index.js";
import * as loadtest from "../../../host/loadtest/index.js";
import * as monitor from "../../../host/monitor/index.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** Every entry point by its name in package.json: what it exports, its report, and its page of the reference. */
const entryPoints: Record<string, { exported: object; report: string; page: string }> = {
    ".": { exported: poolnv, report: "poolnv.api.md", page: "index.md" },
    "./loadtest": { exported: loadtest, report: "poolnv-loadtest.api.md", page: "loadtest.md" },
    "./monitor": { exported: monitor, report: "poolnv-monitor.api.md", page: "monitor.md" },
    "./saves": { exported: saves, report: "poolnv-saves.api.md", page: "game/saves.md" },
};

describe("the programming interface", () => {
    const scratch = scratchFolder();

    before(async () => {
        const args = ["node_modules/typedoc/bin/typedoc", "--options", "docs/typedoc.json", "--out", scratch];
        await execa(process.execPath, args, { cwd: root });
    });

    it("the exports of package.json are the entry points that are tested here", () => {
        const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { exports: object };
        assert.deepEqual(Object.keys(exports).sort(), Object.keys(entryPoints).sort());
    });

    it("every exported part is documented, and the API reports are up to date", async () => {
        const check = await execa(process.execPath, ["tools/api-report.mjs", "--check"], {
            cwd: root,
            reject: false,
        });
        assert.ok(!check.failed, check.stderr);
    });

    it("poolnv exports at most 25 names, types included", () => {
        const names = exportedNames("poolnv.api.md");
        assert.ok(names.length > 10 && names.length <= 25, `${names.length}: ${names.join(", ")}`);
    });

    for (const [name, { exported, report, page }] of Object.entries(entryPoints)) {
        it(`the reference has a section for every value that ${name} exports`, () => {
            const reference = readFileSync(join(scratch, page), "utf8");
            assert.ok(Object.keys(exported).length > 0);
            for (const value of Object.keys(exported)) {
                assert.match(reference, new RegExp(`^### ${value}(\\(\\))?$`, "m"));
            }
            assert.doesNotMatch(reference, /node_modules|file:\/\//);
        });

        it(`${report} has every value that ${name} exports`, () => {
            const names = exportedNames(report);
            for (const value of Object.keys(exported)) assert.ok(names.includes(value), value);
        });
    }
});

/** The names that a report shows as exported. */
function exportedNames(report: string): string[] {
    const text = readFileSync(join(root, "docs", report), "utf8");
    return [...text.matchAll(/^export (?:type|interface|class|const|(?:async )?function\*?) (\w+)/gm)].map(
        ([, name]) => name!,
    );
}
