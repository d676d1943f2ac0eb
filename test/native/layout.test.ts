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

/** The offsets by which agent and host read the pool's memory are those of the C structures, whatever the pointer size. */
describe("shared/layout.ts", () => {
    let folder: string;
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "poolnv-layout-"));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it("is what layout_dump.c prints in a 64-bit program", async () => {
        assert.equal(await printedBy("cc", []), readFileSync(generated, "utf8"));
    });

    it("is what layout_dump.c prints in a 32-bit program", async (context) => {
        const zig = findTool(zigForUcrt);
        if (zig === null) return context.skip("the 32-bit compiler is not prepared (run: npm run pretest)");
        const printed = await printedBy(zig, ["cc", "-target", "x86-linux-musl", "-static"]);
        assert.equal(printed, readFileSync(generated, "utf8"));
    });

    async function printedBy(compiler: string, flags: string[]): Promise<string> {
        const program = join(folder, `layout-${flags.length}`);
        const cache = testFolder("zig-cache", zigForUcrt.pin.version);
        await runStep({
            purpose: "compile layout_dump.c",
            command: compiler,
            args: [...flags, "-std=gnu11", "-Wall", "-Wextra", "-Werror", source, "-o", program],
            env: { ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache },
            resolution: "fix the source",
        });
        return (await execa(program, { stripFinalNewline: false, timeout: 20_000 })).stdout;
    }
});
