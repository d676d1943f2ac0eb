import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { currentIdentity, redact } from "../../host/support/redact.js";

const linux = { homes: ["/home/ann"], users: ["ann"], hosts: ["annsbox.example", "annsbox"] };
const windows = { homes: ["C:\\Users\\Ann Lee"], users: ["Ann Lee"], hosts: ["LAPTOP-1A2B"] };

describe("redact", () => {
    const cases: [string, typeof linux, string, string][] = [
        ["a home folder", linux, "in /home/ann/Games: ok", "in <home>/Games: ok"],
        ["a home folder at the end", linux, "in /home/ann", "in <home>"],
        ["one that Wine sees", linux, "log Z:\\home\\ann\\poolnv.log", "log <home>\\poolnv.log"],
        ["one that Wine sees, in JSON", linux, '"z:\\\\home\\\\ann\\\\x"', '"<home>\\\\x"'],
        ["one of Windows", windows, "C:\\Users\\Ann Lee\\Documents", "<home>\\Documents"],
        ["one in JSON", windows, '{"file": "C:\\\\Users\\\\Ann Lee\\\\a"}', '{"file": "<home>\\\\a"}'],
        ["one in other letters and strokes", windows, "c:/users/ANN LEE/a", "<home>/a"],
        ["a user's name alone", linux, "owner: Ann, group: ann", "owner: <user>, group: <user>"],
        ["a name in a path elsewhere", linux, "/mnt/ann/x /media/ann-disk", "/mnt/<user>/x /media/<user>-disk"],
        ["the machine, whole and short", linux, "on annsbox.example and ANNSBOX", "on <host> and <host>"],
        ["the machine of Windows", windows, "\\\\laptop-1a2b\\share", "\\\\<host>\\share"],
        ["another user's home", linux, "/home/bert/x, C:\\users\\bert\\y", "/home/<user>/x, C:\\users\\<user>\\y"],
        ["a user of a Wine prefix", linux, "drive_c/users/steamuser/Documents", "drive_c/users/<user>/Documents"],
        ["a home of one who has a longer name", linux, "/home/anna/x", "/home/<user>/x"],
        ["a word that a name begins", linux, "annual planning", "annual planning"],
        ["a folder that ends like a home", linux, "/srv/home/ann2/x", "/srv/home/<user>/x"],
        ["nothing", linux, "pool of 512 MB at 0x7f5f17f00000\n", "pool of 512 MB at 0x7f5f17f00000\n"],
    ];
    for (const [what, identity, text, expected] of cases) {
        it(`redact replaces ${what}`, () => assert.equal(redact(text, identity), expected));
    }

    it("redact takes names with special characters of patterns literally", () => {
        const identity = { homes: ["/home/a.b+c"], users: ["a.b+c"], hosts: ["(x)"] };
        assert.equal(redact("/home/a.b+c/x a.b+c aXb+c (x)", identity), "<home>/x <user> aXb+c <host>");
    });

    it("redact ignores the root folder, empty names and localhost", () => {
        const identity = { homes: ["/", ""], users: ["", " "], hosts: ["localhost", "localhost.localdomain"] };
        assert.equal(redact("/usr/bin on localhost", identity), "/usr/bin on localhost");
    });

    it("currentIdentity has the user's home, name and host", () => {
        const { homes, users, hosts } = currentIdentity({ HOME: "/home/x", USER: "x", COMPUTERNAME: "y" });
        assert.ok(homes.includes("/home/x") && users.includes("x") && hosts.includes("y"));
    });
});
