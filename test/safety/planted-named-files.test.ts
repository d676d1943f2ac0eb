import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { poolnv } from "../fixtures/support/poolnv.js";
import { makeTarget } from "../fixtures/support/targets.js";
import { otherUser, plantLink, ready, whyNoOtherUsers } from "./other-users.js";

describe("a file that the user names", { skip: whyNoOtherUsers() }, () => {
    let folder: string;

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "poolnv-named-"));
        chmodSync(folder, 0o1777);
        writeFileSync(join(folder, "precious"), "precious\n");
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    const content = (name: string): string => readFileSync(join(folder, name), "utf8");

    it("--log follows a link of the user's own, and not another user's", async () => {
        const target = await makeTarget("linux-x64");
        const child = spawn(target.victim, { stdio: ["pipe", "pipe", "inherit"] });
        try {
            await ready(child);
            const link = join(folder, "log");
            plantLink(join(folder, "precious"), link, otherUser);
            const refused = await poolnv(["attach", String(child.pid), "--detach", "--log", link]);
            assert.equal(refused.code, 2, refused.stdout);
            assert.match(refused.stderr, /can't be opened/);
            assert.equal(content("precious"), "precious\n");
            rmSync(link);
            plantLink(join(folder, "precious"), link, 0);
            const attached = await poolnv(["attach", String(child.pid), "--detach", "--log", link]);
            assert.equal(attached.code, 0, attached.stderr);
            assert.match(content("precious"), /^precious\n.*hooked/s);
        } finally {
            child.kill("SIGKILL");
            target.remove();
        }
    });

    it("config --init --force follows a link of the user's own, and not another user's", async () => {
        const link = join(folder, "poolnv.ini");
        plantLink(join(folder, "precious"), link, otherUser);
        const refused = await poolnv(["config", "--force", "--init", link]);
        assert.equal(refused.code, 2, refused.stdout);
        assert.match(refused.stderr, /can't be written/);
        assert.equal(content("precious"), "precious\n");
        rmSync(link);
        plantLink(join(folder, "precious"), link, 0);
        assert.equal((await poolnv(["config", "--force", "--init", link])).code, 0);
        assert.match(content("precious"), /pool_size_mb/);
    });

    it("config --init without --force follows no link at all", async () => {
        const link = join(folder, "poolnv.ini");
        plantLink(join(folder, "new"), link, 0);
        assert.equal((await poolnv(["config", "--init", link])).code, 2);
        assert.deepEqual(readdirSync(folder).sort(), ["poolnv.ini", "precious"]);
    });
});
