import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
    chmodSync,
    chownSync,
    existsSync,
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
import { createInterface } from "node:readline";
import { after, before, beforeEach, afterEach, describe, it } from "node:test";
import { poolnv } from "../support/poolnv.js";
import { makeTarget, type Target, whyNot } from "../support/targets.js";
import { waitUntil } from "../support/wait-until.js";
import { withNamedVictim } from "./named-victim.js";

const nobody = 65534;
const stranger = 65533;
const asRoot = process.getuid?.() === 0;
const needsRoot = "only root can plant files of other users (run the tests as root)";

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

describe("what is planted in /tmp where a log would go", { skip: skipped() }, () => {
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

describe("a game's folder in which everybody may write", { skip: skipped() }, () => {
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

describe("frida-core's own files", { skip: skipped() }, () => {
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

describe("a file that the user names", { skip: skipped() }, () => {
    let folder: string;

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "poolnv-named-"));
        chmodSync(folder, 0o1777);
        writeFileSync(join(folder, "precious"), "precious\n");
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    const content = (name: string): string => readFileSync(join(folder, name), "utf8");

    it("--log goes through a link of the user's own, and not through a stranger's", async () => {
        const target = await makeTarget("linux-x64");
        const child = spawn(target.victim, { stdio: ["pipe", "pipe", "inherit"] });
        try {
            await ready(child);
            const link = join(folder, "log");
            plantLink(join(folder, "precious"), link, stranger);
            const refused = await poolnv(["attach", String(child.pid), "--detach", "--log", link]);
            assert.equal(refused.code, 2, refused.stdout);
            assert.match(refused.stderr, /can't be opened/);
            assert.equal(content("precious"), "precious\n");
            rmSync(link);
            plantLink(join(folder, "precious"), link, 0);
            const attached = await poolnv(["attach", String(child.pid), "--detach", "--log", link]);
            assert.equal(attached.code, 0, attached.stderr);
            assert.match(content("precious"), /^precious\n.*armed/s);
        } finally {
            child.kill("SIGKILL");
            target.remove();
        }
    });

    it("config --init --force goes through a link of the user's own, and not through a stranger's", async () => {
        const link = join(folder, "poolnv.ini");
        plantLink(join(folder, "precious"), link, stranger);
        const refused = await poolnv(["config", "--force", "--init", link]);
        assert.equal(refused.code, 2, refused.stdout);
        assert.match(refused.stderr, /cannot be written/);
        assert.equal(content("precious"), "precious\n");
        rmSync(link);
        plantLink(join(folder, "precious"), link, 0);
        assert.equal((await poolnv(["config", "--force", "--init", link])).code, 0);
        assert.match(content("precious"), /pool_size_mb/);
    });

    it("config --init without --force goes through no link at all", async () => {
        const link = join(folder, "poolnv.ini");
        plantLink(join(folder, "new"), link, 0);
        assert.equal((await poolnv(["config", "--init", link])).code, 2);
        assert.deepEqual(readdirSync(folder).sort(), ["poolnv.ini", "precious"]);
    });
});

function skipped(): string | false {
    return whyNot("linux-x64") ?? (asRoot ? false : needsRoot);
}

function plantLink(to: string, place: string, owner: number): void {
    symlinkSync(to, place);
    spawnSync("chown", ["-h", `${owner}:${owner}`, place]);
}

function pick({ mode, uid, size, ino }: { mode: number; uid: number; size: number; ino: number }): object {
    return { mode, uid, size, ino };
}

/** Runs a program as a user who owns next to nothing. */
async function asNobody(program: string, work: (pid: number) => Promise<void>): Promise<void> {
    const rights = [`--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups", "--", program];
    const child = spawn("setpriv", rights, { stdio: ["pipe", "pipe", "inherit"] });
    const exited = once(child, "exit");
    try {
        await ready(child);
        await work(child.pid!);
    } finally {
        child.kill("SIGKILL");
        await exited;
    }
}

async function ready(child: ChildProcess): Promise<void> {
    await createInterface({ input: child.stdout! })[Symbol.asyncIterator]().next();
}
