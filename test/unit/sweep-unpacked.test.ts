import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { sweepUnpacked } from "../../host/frida/sweep-unpacked.js";

const skip = process.platform !== "linux" && "Frida keeps a helper on Linux only";

it(
    "sweepUnpacked removes what Frida's helpers left, but not of those that run or may be starting",
    { skip },
    async () => {
        const folder = mkdtempSync(join(tmpdir(), "poolnv-sweep-"));
        const names = ["1", "2", "3"].map((digit) => `frida-${digit.repeat(32)}`);
        const [gone, runs, fresh] = names as [string, string, string];
        for (const name of [...names, "frida-other"]) mkdirSync(join(folder, name));
        const program = join(folder, runs, "helper");
        copyFileSync(process.execPath, program);
        const child = spawn(program, ["-e", "console.log(1); setInterval(() => {}, 1000)"]);
        try {
            await once(child.stdout, "data");
            for (const name of [gone, runs, "frida-other"]) utimesSync(join(folder, name), 0, 0);
            sweepUnpacked(folder);
            assert.deepEqual(readdirSync(folder).sort(), [runs, fresh, "frida-other"]);
        } finally {
            child.kill("SIGKILL");
            await once(child, "exit");
            rmSync(folder, { recursive: true });
        }
    },
);
