// @ts-check
// Writes what cmodule/layout_dump.c prints: shared/layout.ts and the tables of docs/memory-layout.md.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "poolnv-layout-"));
try {
    const program = join(folder, "layout_dump");
    execFileSync("cc", ["-std=gnu11", `${root}cmodule/layout_dump.c`, "-o", program], { stdio: "inherit" });
    writeFileSync(`${root}shared/layout.ts`, execFileSync(program));
    const tables = execFileSync(program, ["--markdown"], { encoding: "utf8" });
    const document = `${root}docs/memory-layout.md`;
    let text = readFileSync(document, "utf8");
    for (const [table, name] of tables.matchAll(/<!-- layout:(\w+) -->.*?<!-- \/layout:\1 -->/gs)) {
        text = text.replace(new RegExp(`<!-- layout:${name} -->.*?<!-- /layout:${name} -->`, "s"), () => table);
    }
    writeFileSync(document, text);
} finally {
    rmSync(folder, { recursive: true });
}
