import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
    closeSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    openSync,
    readFileSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { findMailboxFileUnderWine, wakeByFile } from "../../../host/client/mailbox/wake-by-file.js";
import { openWakePipe, writeToWakePipe } from "../../../host/client/mailbox/wake-by-pipe.js";
import { removeIfUnused } from "../../../host/files/change-files.js";

let folder = "";
before(() => {
    folder = mkdtempSync(join(tmpdir(), "poolnv-wake-"));
});
after(() => removeIfUnused(folder));

describe("waking a resident by its pipe", { skip: process.platform === "linux" ? false : "only on Linux" }, () => {
    it("wake: a byte arrives in the pipe of another process", async () => {
        const child = spawn("bash", ["-c", "exec 7< <(sleep 60); echo ready; exec cat <&7"], { detached: true });
        try {
            await once(child.stdout, "data");
            const pipe = openWakePipe(child.pid!, { wakeThread: child.pid!, wakeDescriptor: 7 });
            assert.notEqual(pipe, null);
            writeToWakePipe(pipe!);
            const [data] = (await once(child.stdout, "data")) as [Buffer];
            assert.deepEqual([...data], [0]);
            closeSync(pipe!);
        } finally {
            process.kill(-child.pid!, "SIGKILL");
        }
    });

    it("wake: a pipe that is full, or has no reader, is no error", () => {
        const { stdout } = spawnSync("bash", ["-c", "exec 7< <(:); ls /proc/self/fd"]);
        assert.ok(stdout.length > 0);
        writeToWakePipe(9999);
    });

    it("wake: what is no pipe without a name is not opened for writing", () => {
        const file = join(folder, "precious");
        writeFileSync(file, "precious");
        const named = join(folder, "named");
        assert.equal(spawnSync("mkfifo", [named]).status, 0);
        for (const [path, flags] of [
            [file, "r"],
            [named, "r+"],
            [folder, "r"],
            ["/dev/null", "r"],
        ] as const) {
            const descriptor = openSync(path, flags);
            try {
                const claims = { wakeThread: process.pid, wakeDescriptor: descriptor };
                assert.equal(openWakePipe(process.pid, claims), null, path);
            } finally {
                closeSync(descriptor);
            }
        }
        assert.equal(readFileSync(file, "utf8"), "precious");
    });

    it("wake: a thread or a descriptor that is not there is no error", () => {
        for (const claims of [
            { wakeThread: process.pid, wakeDescriptor: 9999 },
            { wakeThread: 2 ** 31, wakeDescriptor: 1 },
            { wakeThread: process.pid, wakeDescriptor: 0 },
        ]) {
            assert.equal(openWakePipe(process.pid, claims), null);
        }
    });
});

describe("waking a resident by a file", () => {
    it("wake: the file is gone afterwards, also one that was left; a link there is not followed", () => {
        const mailbox = join(folder, "FalloutNV.exe-4711-1f");
        const wake = `${mailbox}.wake`;
        const precious = join(folder, "precious of the user");
        writeFileSync(precious, "precious");
        for (const prepare of [() => {}, () => writeFileSync(wake, ""), () => symlinkSync(precious, wake)]) {
            prepare();
            wakeByFile(mailbox);
            assert.ok(!existsSync(wake));
        }
        assert.equal(readFileSync(precious, "utf8"), "precious");
        wakeByFile(join(folder, "missing", "FalloutNV.exe-1-1")); // no error
    });

    it("wake: the mailbox file of a program under Wine is found in its prefix by pid and name, whatever the case", () => {
        const prefix = join(folder, "prefix");
        const files = join(prefix, "drive_c", "Users", "hráč", "appdata", "Local", "poolnv", "mailboxes");
        mkdirSync(files, { recursive: true });
        mkdirSync(join(prefix, "drive_c", "Users", "Public"));
        for (const name of [
            "falloutnv.EXE-4711-1f",
            "other.exe-4711-2f",
            "FalloutNV.exe-47-1f",
            "FalloutNV.exe-4711-1f.wake",
        ]) {
            writeFileSync(join(files, name), "");
        }
        const find = (pid: number, program: string) =>
            findMailboxFileUnderWine({ prefix, home: null }, { pid, program });
        assert.equal(find(4711, "C:\\Hry\\FalloutNV.exe"), join(files, "falloutnv.EXE-4711-1f"));
        assert.equal(find(4712, "C:\\Hry\\FalloutNV.exe"), null);
        assert.equal(
            findMailboxFileUnderWine({ prefix: join(folder, "none"), home: null }, { pid: 1, program: "" }),
            null,
        );
    });
});
