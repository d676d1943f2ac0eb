import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, afterEach, describe, it } from "node:test";
import { poolnv } from "../fixtures/support/poolnv.js";
import { makeTarget } from "../fixtures/support/targets.js";
import { waitUntil } from "../fixtures/support/wait-until.js";
import { ready, stranger, whyNoOtherUsers } from "./foreign-pointers.js";

describe("frida-core's own files", { skip: whyNoOtherUsers() }, () => {
    let common: string;

    beforeEach(() => {
        common = mkdtempSync(join(tmpdir(), "poolnv-common-"));
        chmodSync(common, 0o1777);
    });
    afterEach(() => rmSync(common, { recursive: true }));

    it("are not in the common temporary folder, where a stranger's helper is not taken for Frida's", async () => {
        const target = await makeTarget("linux-x64");
        const program = spawn(target.victim, { stdio: ["pipe", "pipe", "inherit"] });
        const rights = [`--reuid=${stranger}`, "--clear-groups", "--", process.execPath, "-e", strangersHelper, common];
        const helper = spawn("setpriv", rights, { stdio: ["ignore", "pipe", "inherit"] });
        let heard = "";
        helper.stdout.setEncoding("utf8").on("data", (text: string) => (heard += text));
        try {
            await ready(program);
            await once(helper.stdout, "data");
            const attached = await poolnv(["attach", String(program.pid), "--detach"], { env: { TMPDIR: common } });
            assert.equal(attached.code, 0, attached.stderr);
            assert.equal(heard, "listening\n");
            assert.deepEqual(readdirSync(common), ["idun-0"]);
        } finally {
            program.kill("SIGKILL");
            helper.kill("SIGKILL");
            target.remove();
        }
    });

    it("leave a launched program its own temporary folder", async () => {
        const shown = join(common, "shown");
        const words = [
            "--quiet",
            "--detach",
            "--log",
            join(common, "log"),
            "--",
            "sh",
            "-c",
            `echo "$TMPDIR" > ${shown}`,
        ];
        const launched = await poolnv(["launch", ...words], { env: { TMPDIR: common } });
        assert.equal(launched.code, 0, launched.stderr);
        await waitUntil("it has started", () => existsSync(shown) && readFileSync(shown, "utf8") !== "");
        assert.equal(readFileSync(shown, "utf8"), `${common}\n`);
    });
});

/** Listens where Frida's helper of root would, and says who comes. */
const strangersHelper = `
    const folder = process.argv[1] + "/idun-0";
    require("fs").mkdirSync(folder);
    require("fs").chmodSync(folder, 0o777);
    require("net").createServer(() => console.log("somebody came")).listen(folder + "/control", () => {
        require("fs").chmodSync(folder + "/control", 0o777);
        console.log("listening");
    });
`;
