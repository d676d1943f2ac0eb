import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { runStep } from "../../host/frida/setup/run-step.js";
import { testFolder } from "../fixtures/prepare/test-folder.js";
import { findTool, zigForUcrt } from "../fixtures/prepare/test-tools.js";

const source = fileURLToPath(new URL("../../../cmodule/layout_dump.c", import.meta.url));
const generated = fileURLToPath(new URL("../../../shared/layout.ts", import.meta.url));

const document = fileURLToPath(new URL("../../../docs/memory-layout.md", import.meta.url));

/** Agent, host and document have the offsets of the C structures, which are the same for both pointer sizes. */
describe("the layout of the pool's memory", () => {
    const zig = findTool(zigForUcrt);
    const zigOptions = ["cc", "-target", "x86-linux-musl", "-static"];
    const notPrepared = "the 32-bit compiler is not prepared (run: npm run pretest)";
    let folder: string;
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "poolnv-layout-"));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it("shared/layout.ts is what layout_dump.c prints in a 64-bit program", async () => {
        assert.equal(await printedBy("cc", []), readFileSync(generated, "utf8"));
    });

    it("shared/layout.ts is what layout_dump.c prints in a 32-bit program", async (context) => {
        if (zig === null) return context.skip(notPrepared);
        assert.equal(await printedBy(zig, zigOptions), readFileSync(generated, "utf8"));
    });

    it("the tables of docs/memory-layout.md are what layout_dump.c prints (update: node tools/write-layout.mjs)", async () => {
        const printed = tablesOf(await printedBy("cc", [], "--markdown"));
        assert.deepEqual([...printed.keys()], ["map", "page", "header", "control", "snapshot"]);
        assert.deepEqual(tablesOf(readFileSync(document, "utf8")), printed);
    });

    it("the tables of docs/memory-layout.md are the same in a 32-bit program", async (context) => {
        if (zig === null) return context.skip(notPrepared);
        assert.equal(await printedBy(zig, zigOptions, "--markdown"), await printedBy("cc", [], "--markdown"));
    });

    async function printedBy(compiler: string, flags: string[], ...argv: string[]): Promise<string> {
        const program = join(folder, `layout-${flags.length}`);
        const cache = testFolder("zig-cache", zigForUcrt.pin.version);
        await runStep({
            purpose: "compile layout_dump.c",
            command: compiler,
            args: [...flags, "-std=gnu11", "-Wall", "-Wextra", "-Werror", source, "-o", program],
            env: { ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache },
            resolution: "correct the source",
        });
        return (await execa(program, argv, { stripFinalNewline: false, timeout: 20_000 })).stdout;
    }
});

/** What is between the markers of each table. */
function tablesOf(text: string): Map<string, string> {
    const found = text.matchAll(/<!-- layout:(\w+) -->(.*?)<!-- \/layout:\1 -->/gs);
    return new Map([...found].map(([, name, table]) => [name!, table!]));
}
