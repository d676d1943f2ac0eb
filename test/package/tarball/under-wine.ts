import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pidsWhere } from "../../fixtures/support/running.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { makeTarget, type Target, whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { makeTinyGame } from "../../game/deploy/tiny-game.js";
import { type Installation, succeeded } from "./installation.js";

/** What a player on Linux does: prepares the engine for Wine, deploys into the game's folder, and starts the launcher. */
export function testUnderWine(installation: () => Installation): void {
    describe("under Wine", { skip: whyNot("win32-msvcrt") ?? false }, () => {
        const folder = join(scratchFolder(), "Fallout New Vegas");
        let target: Target;

        before(async () => {
            target = await makeTarget("win32-msvcrt");
        });
        after(() => target.remove());

        const npx = (...args: string[]) => installation().npx(args, { env: target.env });

        it("setup --engine wine prepares the engine, and once is enough", async () => {
            assert.match(succeeded(await npx("setup", "--engine", "wine")), /Engine wine is ready/);
            assert.match(succeeded(await npx("setup", "--engine", "wine")), /Engine wine was ready already/);
        });

        it("deploy writes a launcher that starts a program with its pool, and takes it away again", async () => {
            const program = join(makeTinyGame(folder), "FalloutNV.exe");
            const words = ["deploy", "--game", folder, "--yes"];
            assert.match(succeeded(await npx(...words)), /poolnv-launch\.sh/);
            writeFileSync(program, readFileSync(target.victim)); // the examined game can't run
            const launcher = join(folder, "poolnv-launch.sh");
            const env = installation().environment(target.env);
            const victim = await Victim.start({ victim: launcher, command: (file) => ({ file, args: [], env }) });
            const isGame = ([first = ""]: string[]) => first.replaceAll("\\", "/").endsWith(program);
            try {
                const log = join(folder, "poolnv-launch.log");
                const said = () => (existsSync(log) ? readFileSync(log, "utf8") : "");
                await waitUntil("the pool", () => / has its pool\./.test(said()), 60_000);
                await victim.order("work 1 1000 8");
                const [pid] = pidsWhere(isGame);
                const asked = succeeded(await npx("exec", String(pid), "GetMemoryPoolStats", "--json"));
                assert.ok((JSON.parse(asked) as { pool_allocs: number }).pool_allocs > 100, asked);
                assert.equal(await victim.quit(), 0);
            } finally {
                victim.kill();
                for (const pid of pidsWhere(isGame)) process.kill(pid, "SIGKILL");
                await victim.exited;
            }
            succeeded(await npx(...words, "--uninstall"));
            assert.ok(!existsSync(launcher) && existsSync(program));
        });
    });
}
