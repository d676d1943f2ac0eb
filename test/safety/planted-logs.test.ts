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
import { after, before, beforeEach, afterEach, describe, it } from "node:test";
import { poolnv } from "../fixtures/support/poolnv.js";
import { makeTarget, type Target, whyNot } from "../fixtures/support/targets.js";
import { withNamedVictim } from "./named-victim.js";
import { asNobody, nobody, plantLink, stranger, whyNoOtherUsers } from "./foreign-pointers.js";

/**
 * What a stranger may have put where the log of a program goes that may not write beside itself. The program runs as
 * nobody; the victim file is nobody's own, so that only we can keep it from being written.
 */
const plants: Record<string, (place: string, precious: string) => void> = {
    "a link to a file of the user's": (place, precious) => plantLink(precious, place, stranger),
    "a link to a file that is not there": (place, precious) => plantLink(`${precious}.new`, place, stranger),
    "a second name of a file of the user's": (place, precious) => linkSync(precious, place),
    "a FIFO that nobody reads": (place) => void spawnSync("mkfifo", ["-m", "666", place]),
    "a folder": (place) => mkdirSync(place, { mode: 0o777 }),
    "a stranger's file that everybody may write": (place) => {
        writeFileSync(place, "");
        chmodSync(place, 0o666);
        chownSync(place, stranger, stranger);
    },
};

describe("what is planted in /tmp where a log would go", { skip: whyNoOtherUsers() }, () => {
    let target: Target;

    before(async () => {
        target = await makeTarget("linux-x64");
        chmodSync(target.folder, 0o555);
    });
    after(() => {
        chmodSync(target.folder, 0o755);
        target.remove();
    });

    for (const [what, plant] of Object.entries(plants))
        it(`${what} stays as it is, and the pool serves without a log`, () =>
            asNobody(target.victim, async (pid) => {
                const folder = mkdtempSync(join(tmpdir(), "poolnv-precious-"));
                chmodSync(folder, 0o777);
                const precious = join(folder, "precious");
                writeFileSync(precious, "precious\n");
                chownSync(precious, nobody, nobody);
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

    it("an honest log of an earlier program with the same pid is gone on with", () =>
        asNobody(target.victim, async (pid) => {
            const place = join("/tmp", `poolnv-${pid}.log`);
            writeFileSync(place, "earlier\n", { mode: 0o600 });
            chownSync(place, nobody, nobody);
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
    "what is planted where the log of a Windows program would go",
    { skip: whyNot("win32-msvcrt") ?? false },
    () => {
        const program = `planted-${process.pid}.exe`;
        const elsewhere: Record<string, (place: string, precious: string) => void> = {
            "a link to a file": (place, precious) => symlinkSync(precious, place),
            "a link to a file that is not there": (place, precious) => symlinkSync(`${precious}.new`, place),
            "a second name of a file": (place, precious) => linkSync(precious, place),
            "a FIFO that nobody reads": (place) => void spawnSync("mkfifo", [place]),
            "a folder": (place) => mkdirSync(place),
        };
        for (const [what, plant] of Object.entries(elsewhere))
            it(`${what} stays as it is, and the log goes elsewhere`, () =>
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
    },
);

describe("a game's folder in which everybody may write", { skip: whyNoOtherUsers() }, () => {
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

    it("a stranger's Data leads nowhere", () =>
        asNobody(target.victim, async (pid) => {
            plantLink(elsewhere, join(target.folder, "Data"), stranger);
            const attached = await poolnv(["attach", String(pid), "--detach"]);
            assert.equal(attached.code, 0, attached.stderr);
            assert.deepEqual(readdirSync(elsewhere), []);
            assert.match(attached.stdout, RegExp(`log +${target.folder}/poolnv-${pid}.log`));
        }));

    it("a Data of the user's own may be a link", () =>
        asNobody(target.victim, async (pid) => {
            plantLink(elsewhere, join(target.folder, "Data"), nobody);
            const attached = await poolnv(["attach", String(pid), "--detach"]);
            assert.equal(attached.code, 0, attached.stderr);
            assert.deepEqual(readdirSync(join(elsewhere, "NVSE", "Plugins")), ["MemoryPool_Debug.log"]);
        }));
});

function pick({ mode, uid, size, ino }: { mode: number; uid: number; size: number; ino: number }): object {
    return { mode, uid, size, ino };
}
