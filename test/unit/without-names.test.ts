import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { thisPerson } from "../../host/support/redact.js";
import { withoutNames } from "../../host/support/without-names.js";

const linux = { homes: ["/home/ann"], users: ["ann"], hosts: ["annsbox.example", "annsbox"] };
const windows = { homes: ["C:\\Users\\Ann Lee"], users: ["Ann Lee"], hosts: ["DESKTOP-1A2B"] };

describe("a text without the names of a person", () => {
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
        ["the machine of Windows", windows, "\\\\desktop-1a2b\\share", "\\\\<host>\\share"],
        ["another user's home", linux, "/home/bert/x, C:\\users\\bert\\y", "/home/<user>/x, C:\\users\\<user>\\y"],
        ["a user of a Wine prefix", linux, "drive_c/users/steamuser/Documents", "drive_c/users/<user>/Documents"],
        ["a home of one who has a longer name", linux, "/home/anna/x", "/home/<user>/x"],
        ["a word that a name begins", linux, "annual planning", "annual planning"],
        ["a folder that ends like a home", linux, "/srv/home/ann2/x", "/srv/home/<user>/x"],
        ["nothing", linux, "pool of 512 MB at 0x7f5f17f00000\n", "pool of 512 MB at 0x7f5f17f00000\n"],
    ];
    for (const [words, person, text, expected] of cases)
        it(`redaction of ${words}`, () => assert.equal(withoutNames(text, person), expected));

    it("redaction escapes names that contain pattern characters", () => {
        const person = { homes: ["/home/a.b+c"], users: ["a.b+c"], hosts: ["(x)"] };
        assert.equal(withoutNames("/home/a.b+c/x a.b+c aXb+c (x)", person), "<home>/x <user> aXb+c <host>");
    });

    it("redaction ignores /, an empty name and localhost", () => {
        const person = { homes: ["/", ""], users: ["", " "], hosts: ["localhost", "localhost.localdomain"] };
        assert.equal(withoutNames("/usr/bin on localhost", person), "/usr/bin on localhost");
    });

    it("redaction knows the current user", () => {
        const { homes, users, hosts } = thisPerson({ HOME: "/home/x", USER: "x", COMPUTERNAME: "y" });
        assert.ok(homes.includes("/home/x") && users.includes("x") && hosts.includes("y"));
    });
});
