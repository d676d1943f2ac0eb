import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { poolnv } from "../fixtures/support/poolnv.js";
import { makeTarget } from "../fixtures/support/targets.js";
import { waitUntil } from "../fixtures/support/wait-until.js";
import { otherUser, ready, whyNoOtherUsers } from "./other-users.js";

describe("frida-core's own files", { skip: whyNoOtherUsers() }, () => {
    let common: string;

    beforeEach(() => {
        common = mkdtempSync(join(tmpdir(), "poolnv-common-"));
        chmodSync(common, 0o1777);
    });
    afterEach(() => rmSync(common, { recursive: true }));

    it("frida-core keeps its files out of the common temporary folder and does not connect to another user's helper there", async () => {
        const target = await makeTarget("linux-x64");
        const program = spawn(target.victim, { stdio: ["pipe", "pipe", "inherit"] });
        const rights = [`--reuid=${otherUser}`, "--clear-groups", "--", process.execPath, "-e", foreignHelper, common];
        const helper = spawn("setpriv", rights, { stdio: ["ignore", "pipe", "inherit"] });
        let output = "";
        helper.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
        try {
            await ready(program);
            await once(helper.stdout, "data");
            const attached = await poolnv(["attach", String(program.pid), "--detach"], { env: { TMPDIR: common } });
            assert.equal(attached.code, 0, attached.stderr);
            assert.equal(output, "listening\n");
            assert.deepEqual(readdirSync(common), ["idun-0"]);
        } finally {
            program.kill("SIGKILL");
            helper.kill("SIGKILL");
            target.remove();
        }
    });

    it("frida-core does not change the temporary folder of a launched program", async () => {
        const shown = join(common, "shown");
        const args = [
            "--quiet",
            "--detach",
            "--log",
            join(common, "log"),
            "--",
            "sh",
            "-c",
            `echo "$TMPDIR" > ${shown}`,
        ];
        const launched = await poolnv(["launch", ...args], { env: { TMPDIR: common } });
        assert.equal(launched.code, 0, launched.stderr);
        await waitUntil("the program starts", () => existsSync(shown) && readFileSync(shown, "utf8") !== "");
        assert.equal(readFileSync(shown, "utf8"), `${common}\n`);
    });
});

/** Listens on the socket of Frida's helper of root, and prints each connection. */
const foreignHelper = `
    const folder = process.argv[1] + "/idun-0";
    require("fs").mkdirSync(folder);
    require("fs").chmodSync(folder, 0o777);
    require("net").createServer(() => console.log("connected")).listen(folder + "/control", () => {
        require("fs").chmodSync(folder + "/control", 0o777);
        console.log("listening");
    });
`;
