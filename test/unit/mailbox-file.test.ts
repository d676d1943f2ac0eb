import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { mailboxFile } from "../../shared/protocol/mailbox.js";

describe("names of mailbox files", () => {
    it("mailbox file: program, pid and start are read back from its name, whatever the program is called", () => {
        for (const program of ["FalloutNV.exe", "a-1-2.exe", "two words-7", "Ünï-コード.exe"]) {
            const owner = { program, pid: 4711, started: "1dd7f89697ad310" };
            assert.deepEqual(mailboxFile.ownerOf(mailboxFile.nameOf(owner)), owner);
        }
    });

    it("mailbox file: other names are no mailboxes", () => {
        for (const name of [
            "",
            "notes.txt",
            "a.exe-4711",
            "-4711-1f",
            "a.exe-4711-",
            "a.exe-12345678901-1f",
            "a.exe-1-XY",
        ]) {
            assert.equal(mailboxFile.ownerOf(name), null, name);
        }
    });
});
