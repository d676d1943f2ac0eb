import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { compileTarget } from "../fixtures/prepare/compile.js";
import { poolnv } from "../fixtures/support/poolnv.js";
import { whyNot } from "../fixtures/support/targets.js";
import { assertFails } from "../programs/cli/expected-error.js";
import { withNamedVictim } from "./named-victim.js";

/** Names that a shell, an option parser, a terminal or a log would interpret. */
const names = [
    "$(touch pwned);'\"` & touch pwned # \n\t*",
    "-rf --json=$(touch pwned)",
    "--help",
    "\u001b]0;pwned\u0007\u001b[2J\u009b31m\u202egnp",
];
const windowsNames = ["$(touch pwned);'` & touch pwned #.exe", "--help.exe", "%PATH% & touch pwned.exe"];

const allNames = { "linux-x64": names, "win32-msvcrt": windowsNames };

for (const kind of ["linux-x64", "win32-msvcrt"] as const) {
    describe(`the name of a ${kind} program`, { skip: whyNot(kind) ?? false }, () => {
        for (const name of allNames[kind]) {
            it(`the name of a ${kind} program is not interpreted: ${JSON.stringify(name)}`, () =>
                withNamedVictim(kind, name, async (victim, target) => {
                    const byName = await poolnv(["attach", `./${name}`], { input: "GetMemoryPoolUsage\n" });
                    assert.equal(byName.code, 0, byName.stderr);
                    assert.match(byName.stdout, /has its pool\.$/m);
                    assert.match(byName.stdout, /^GetMemoryPoolUsage >> \d/m);
                    const byPid = await poolnv(["exec", String(victim.pid), "GetMemoryPoolStats", "--json"]);
                    assert.equal(byPid.code, 0, byPid.stderr);
                    const document = await poolnv(["attach", `./${name}`, "--json"]);
                    const { program, log_file } = JSON.parse(document.stdout) as Record<string, string>;
                    assert.ok(program!.replaceAll("\\012", "\n").endsWith(name), program); // Linux shows a line end so
                    for (const { stdout, stderr } of [byName, byPid, document]) {
                        assert.doesNotMatch(stdout + stderr, terminalControl);
                    }
                    assert.doesNotMatch(readFileSync(unixPath(log_file!), "utf8"), terminalControl);
                    for (const folder of [process.cwd(), target.folder, "/"]) {
                        assert.ok(!existsSync(join(folder, "pwned")), folder);
                    }
                    assert.equal((await victim.numbers("work 1 10000 4"))["corruptions"], 0);
                    assert.equal(await victim.quit(), 0);
                }));
        }
    });
}

describe("the name of a program that does not run", () => {
    it("the name of a program that does not run is printed without control characters", () =>
        assertFails(["attach", "\u001b[2J\u009b\nno"], {
            exitCode: 3,
            code: "NO_SUCH_PROCESS",
            message: /\\x1b\[2J\\x9b\\?x?0?a? ?no/,
            resolution: /launch/,
        }));
});

describe("a process of another user that is called Wine", { skip: whyNot("linux-x64") ?? false }, () => {
    const asRoot = process.getuid?.() === 0;
    const why = "only root can start a program of another user (run the tests as root)";

    it("the Wine of another user is not started", { skip: asRoot ? false : why }, async () => {
        const folder = mkdtempSync(join(tmpdir(), "poolnv-foreign-"));
        try {
            chmodSync(folder, 0o755);
            const wine = join(folder, "wine");
            const source = join(import.meta.dirname, "../../../test/fixtures/targets/would_be_wine.c");
            await compileTarget(source, { target: "linux-x64", output: wine });
            const child = spawn("setpriv", ["--reuid=65534", "--clear-groups", wine, "foreign-game.exe"], {
                env: { ...process.env, WINEPREFIX: folder },
                stdio: ["pipe", "pipe", "inherit"],
            });
            try {
                await once(child.stdout, "data");
                await assertFails(["attach", "foreign-game.exe"], {
                    exitCode: 5,
                    code: "ACCESS_DENIED",
                    message: /another user/,
                    resolution: /as the user who owns/,
                });
                assert.deepEqual(readdirSync(folder), ["wine"]);
            } finally {
                child.kill("SIGKILL");
            }
        } finally {
            rmSync(folder, { recursive: true });
        }
    });
});

/** Characters that a terminal interprets, but for the ends of lines. */
const terminalControl = /[^\P{Cc}\n\r]|\p{Bidi_Control}/u;

function unixPath(path: string): string {
    return path.replace(/^Z:/, "").replaceAll("\\", "/");
}
