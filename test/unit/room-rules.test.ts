import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { scratchFolder } from "../fixtures/support/scratch-folder.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

describe("the rules of tools/room-rules.mjs", () => {
    const folder = scratchFolder();

    it("room rules: a lower room of the host that imports a higher one is refused", async () => {
        const output = await cruise("upwards", {
            "host/files/read.ts": 'import { run } from "../cli/run.js";\nexport const read = run;\n',
            "host/cli/run.ts": "export const run = 1;\n",
        });
        assert.match(output, /error host-files: host\/files\/read\.ts → host\/cli\/run\.ts/);
    });

    it("room rules: two files that import each other's types are a cycle", async () => {
        const output = await cruise("cycle", {
            "shared/one.ts": 'import type { Two } from "./two.js";\nexport type One = Two | null;\n',
            "shared/two.ts": 'import type { One } from "./one.js";\nexport type Two = One[];\n',
        });
        assert.match(output, /error no-cycles: shared\/(one|two)\.ts/);
    });

    it("room rules: a host that imports an agent's source is refused", async () => {
        const output = await cruise("agent", {
            "host/client/ask.ts": 'import { find } from "../../agent/requests/find.js";\nexport const ask = find;\n',
            "agent/requests/find.ts": "export const find = 1;\n",
        });
        assert.match(output, /error host: host\/client\/ask\.ts → agent\/requests\/find\.ts/);
    });

    it("room rules: files that import downwards only pass", async () => {
        const output = await cruise("downwards", {
            "host/cli/run.ts": 'import { read } from "../files/read.js";\nexport const run = read;\n',
            "host/files/read.ts": "export const read = 1;\n",
        });
        assert.match(output, /no dependency violations found \(2 modules, 1 dependencies cruised\)/);
    });

    /** Writes the files and applies the rules to them; returns what is printed. */
    async function cruise(name: string, files: Record<string, string>): Promise<string> {
        const place = join(folder, name);
        for (const [path, text] of Object.entries({ ...files, "tsconfig.base.json": "{}" })) {
            mkdirSync(join(place, dirname(path)), { recursive: true });
            writeFileSync(join(place, path), text);
        }
        const program = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
        const args = [
            program,
            "--config",
            join(root, "tools/room-rules.mjs"),
            ...new Set(Object.keys(files).map(roomOf)),
        ];
        return (await execa(process.execPath, args, { cwd: place, reject: false })).stdout;
    }
});

function roomOf(path: string): string {
    return path.split("/")[0]!;
}
