import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { casesOfTier, tierVariable } from "../fixtures/support/tier.js";
import { bindingFiles, filesOf, runOf, slowFiles, splitFiles } from "../runner/tiers.js";

const sources = fileURLToPath(new URL("../../../test/", import.meta.url));
const all = readdirSync(sources, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".test.ts"))
    .map((path) => path.replaceAll("\\", "/").replace(/\.test\.ts$/, ""));

const isOwn = (file: string) => !runOf(file).isOnBinding;

describe("tiers of the tests", () => {
    it("tiers: quick and rest together run every file, and only split files twice", () => {
        const quick = filesOf("quick", all).filter(isOwn);
        const rest = filesOf("rest", all).filter(isOwn);
        assert.deepEqual([...new Set([...quick, ...rest])].sort(), all.toSorted());
        assert.deepEqual(quick.filter((file) => rest.includes(file)).sort(), splitFiles.toSorted());
        assert.deepEqual(filesOf("all", all).filter(isOwn).sort(), all.toSorted());
    });

    it("tiers: the rest runs every file that is to run on the binding", () => {
        const onBinding = filesOf("rest", all)
            .map(runOf)
            .filter((run) => run.isOnBinding);
        assert.deepEqual(onBinding.map(({ source }) => source).sort(), bindingFiles.toSorted());
    });

    it("tiers: every file that the lists name exists", () => {
        for (const file of [...slowFiles, ...splitFiles, ...bindingFiles]) assert.ok(all.includes(file), file);
    });

    it("tiers: a file whose cases depend on the tier is a split or a slow one", () => {
        const dependent = all.filter((file) =>
            /^import [^;]*\b(engineCases|targetNames|testBuilds|testShortForms)\b/m.test(
                readFileSync(join(sources, `${file}.test.ts`), "utf8"),
            ),
        );
        assert.ok(dependent.length > 5, dependent.join());
        for (const file of dependent) assert.ok([...slowFiles, ...splitFiles].includes(file), file);
    });

    it("tiers: the cases of quick and rest are those of all, each once", () => {
        const before = process.env[tierVariable];
        try {
            const cases = (tier: string) => {
                process.env[tierVariable] = tier;
                return casesOfTier(["a", "b", "c"], ["b"]);
            };
            assert.deepEqual(cases("quick"), ["b"]);
            assert.deepEqual(cases("rest"), ["a", "c"]);
            assert.deepEqual(cases("all"), ["a", "b", "c"]);
        } finally {
            if (before === undefined) delete process.env[tierVariable];
            else process.env[tierVariable] = before;
        }
    });
});
