import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
    chmodSync,
    chownSync,
    linkSync,
    lstatSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { poolnv } from "../fixtures/support/poolnv.js";
import { makeTarget, type Target, whyNot } from "../fixtures/support/targets.js";
import { withNamedVictim } from "./named-victim.js";
import { asNobody, otherUser, plantLink, userNobody, whyNoOtherUsers } from "./other-users.js";

/**
 * Made by another user at the path of the log of a program that can't write into its own folder. The program runs as the
 * user userNobody, who owns the precious file: only poolnv can keep it from being written.
 */
const plants: Record<string, (place: string, precious: string) => void> = {
    "a link to a file of the user's": (place, precious) => plantLink(precious, place, otherUser),
    "a link to a file that is not there": (place, precious) => plantLink(`${precious}.new`, place, otherUser),
    "a second name of a file of the user's": (place, precious) => linkSync(precious, place),
    "a FIFO without reader": (place) => void spawnSync("mkfifo", ["-m", "666", place]),
    "a folder": (place) => mkdirSync(place, { mode: 0o777 }),
    "another user's file that all users may write": (place) => {
        writeFileSync(place, "");
        chmodSync(place, 0o666);
        chownSync(place, otherUser, otherUser);
    },
};

describe("a file planted in /tmp at the path of the log", { skip: whyNoOtherUsers() }, () => {
    let target: Target;

    before(async () => {
        target = await makeTarget("linux-x64");
        chmodSync(target.folder, 0o555);
    });
    after(() => {
        chmodSync(target.folder, 0o755);
        target.remove();
    });

    for (const [what, plant] of Object.entries(plants)) {
        it(`${what} at the path of the log in /tmp is not touched, and the pool serves without a log`, () =>
            asNobody(target.victim, async (pid) => {
                const folder = mkdtempSync(join(tmpdir(), "poolnv-precious-"));
                chmodSync(folder, 0o777);
                const precious = join(folder, "precious");
                writeFileSync(precious, "precious\n");
                chownSync(precious, userNobody, userNobody);
                const place = join("/tmp", `poolnv-${pid}.log`);
                rmSync(place, { force: true, recursive: true });
                plant(place, precious);
                const planted = lstatSync(place);
                try {
                    const attached = await poolnv(["attach", String(pid)], { input: "GetMemoryPoolStats\n" });
                    assert.equal(attached.code, 0, attached.stderr);
                    assert.match(attached.stdout, /^ {2}log +none$/m);
                    assert.match(attached.stdout, /^GetMemoryPoolStats >> \d+$/m);
                    assert.equal(readFileSync(precious, "utf8"), "precious\n");
                    assert.deepEqual(readdirSync(folder), ["precious"]);
                    const { mode, uid, size, ino } = lstatSync(place);
                    assert.deepEqual({ mode, uid, size, ino }, pick(planted));
                } finally {
                    rmSync(place, { force: true, recursive: true });
                    rmSync(folder, { recursive: true });
                }
            }));
    }

    it("the log in /tmp of an earlier program with the same pid is continued", () =>
        asNobody(target.victim, async (pid) => {
            const place = join("/tmp", `poolnv-${pid}.log`);
            writeFileSync(place, "earlier\n", { mode: 0o600 });
            chownSync(place, userNobody, userNobody);
            try {
                const attached = await poolnv(["attach", String(pid), "--detach"]);
                assert.equal(attached.code, 0, attached.stderr);
                assert.match(readFileSync(place, "utf8"), /^earlier\n.*prepared: pool/s);
            } finally {
                rmSync(place, { force: true });
            }
        }));
});

describe(
    "a file planted at the path of the log of a Windows program",
    { skip: whyNot("win32-msvcrt") ?? false },
    () => {
        const program = `planted-${process.pid}.exe`;
        const elsewhere: Record<string, (place: string, precious: string) => void> = {
            "a link to a file": (place, precious) => symlinkSync(precious, place),
            "a link to a file that is not there": (place, precious) => symlinkSync(`${precious}.new`, place),
            "a second name of a file": (place, precious) => linkSync(precious, place),
            "a FIFO without reader": (place) => void spawnSync("mkfifo", [place]),
            "a folder": (place) => mkdirSync(place),
        };
        for (const [what, plant] of Object.entries(elsewhere)) {
            it(`${what} at the path of the log of a Windows program is not touched, and the log goes elsewhere`, () =>
                withNamedVictim("win32-msvcrt", program, async (victim, { folder }) => {
                    const precious = join(folder, "precious");
                    writeFileSync(precious, "precious\n");
                    const { pid } = await victim.numbers("pid");
                    plant(join(folder, `poolnv-${pid}.log`), precious);
                    const before = readdirSync(folder).sort();
                    const attached = await poolnv(["attach", program, "--detach"]);
                    assert.equal(attached.code, 0, attached.stderr);
                    assert.match(attached.stdout, RegExp(`log +C:\\\\.*\\\\poolnv-${pid}\\.log`));
                    assert.equal(readFileSync(precious, "utf8"), "precious\n");
                    assert.deepEqual(readdirSync(folder).sort(), before);
                    assert.equal((await victim.numbers("work 1 10000 4"))["corruptions"], 0);
                }));
        }
    },
);

describe("a game's folder in which all users may write", { skip: whyNoOtherUsers() }, () => {
    let target: Target;
    let elsewhere: string;

    beforeEach(async () => {
        target = await makeTarget("linux-x64");
        elsewhere = mkdtempSync(join(tmpdir(), "poolnv-elsewhere-"));
        chmodSync(elsewhere, 0o777);
        chmodSync(target.folder, 0o1777);
    });
    afterEach(() => {
        target.remove();
        rmSync(elsewhere, { recursive: true });
    });

    it("a link Data of another user in the game's folder is not followed", () =>
        asNobody(target.victim, async (pid) => {
            plantLink(elsewhere, join(target.folder, "Data"), otherUser);
            const attached = await poolnv(["attach", String(pid), "--detach"]);
            assert.equal(attached.code, 0, attached.stderr);
            assert.deepEqual(readdirSync(elsewhere), []);
            assert.match(attached.stdout, RegExp(`log +${target.folder}/poolnv-${pid}.log`));
        }));

    it("a link Data of the user's own in the game's folder is followed", () =>
        asNobody(target.victim, async (pid) => {
            plantLink(elsewhere, join(target.folder, "Data"), userNobody);
            const attached = await poolnv(["attach", String(pid), "--detach"]);
            assert.equal(attached.code, 0, attached.stderr);
            assert.deepEqual(readdirSync(join(elsewhere, "NVSE", "Plugins")), ["MemoryPool_Debug.log"]);
        }));
});

function pick({ mode, uid, size, ino }: { mode: number; uid: number; size: number; ino: number }): object {
    return { mode, uid, size, ino };
}
