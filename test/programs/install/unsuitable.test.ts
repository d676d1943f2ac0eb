import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, rmSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import type { UserErrorCode } from "../../../host/errors.js";
import { asUserNobody, HardenedVictims } from "../../fixtures/support/hardened.js";
import { commandLine, poolnv } from "../../fixtures/support/poolnv.js";
import { childrenOf, isRunning, stateOf } from "../../fixtures/support/running.js";
import { whyNot } from "../../fixtures/support/targets.js";
import type { Victim } from "../../fixtures/support/victim.js";
import { assertErrorDocument, assertErrorText, assertFails } from "../cli/expected-error.js";

/** A program that an injection would harm, and the error that names the cause. */
interface Unsuitable {
    words: readonly string[];
    before?: readonly string[];
    code: UserErrorCode;
    message: RegExp;
    resolution: RegExp;
}

const seenBefore: Record<string, Unsuitable> = {
    "with 4 free file descriptors": {
        words: ["files=4"],
        code: "PROGRAM_LIMITED",
        message: /has 4 of 256 file descriptors left/,
        resolution: /prlimit --pid \d+ --nofile=320/,
    },
    "with one free file descriptor": {
        words: ["files=1"],
        code: "PROGRAM_LIMITED",
        message: /has 1 of 256 file descriptors left/,
        resolution: /prlimit --pid \d+ --nofile/,
    },
    "with 500 MB of address space": {
        words: ["address-space=500"],
        code: "PROGRAM_LIMITED",
        message: /of 500 MB of address space .* needs 768 MB more/,
        resolution: /prlimit --pid \d+ --as=unlimited/,
    },
    "with 40 MB of writable memory": {
        words: ["data=40"],
        code: "PROGRAM_LIMITED",
        message: /of 40 MB of writable memory/,
        resolution: /prlimit --pid \d+ --data=unlimited/,
    },
    "in a sandbox that ends it at clone": {
        words: ["kill-clone"],
        code: "SANDBOXED",
        message: /sandbox \(seccomp\)/,
        resolution: /--sandboxed on/,
    },
    "in a sandbox that ends it at clone3": {
        words: ["kill-clone3"],
        code: "SANDBOXED",
        message: /sandbox \(seccomp\)/,
        resolution: /--sandboxed on/,
    },
    "in a sandbox that ends it at new executable memory": {
        words: ["kill-executable"],
        code: "SANDBOXED",
        message: /sandbox \(seccomp\)/,
        resolution: /--sandboxed on/,
    },
};

const seenAsRoot: Record<string, Unsuitable> = {
    "whose user may have no more threads": {
        words: ["threads"],
        before: asUserNobody,
        code: "PROGRAM_LIMITED",
        message: /may not start the 16 threads that poolnv needs: its user has \d+ of 1$/,
        resolution: /prlimit --pid \d+ --nproc/,
    },
    "in a pid namespace without its own /proc": {
        words: [],
        before: ["unshare", "--pid", "--fork"],
        code: "NO_PROC",
        message: /does not see its own \/proc/,
        resolution: /--mount-proc/,
    },
    "without /proc": {
        words: [],
        before: ["unshare", "--mount", "sh", "-c", 'umount -l /proc && exec "$@"', "sh"],
        code: "NO_PROC",
        message: /does not see its own \/proc/,
        resolution: /--mount-proc/,
    },
};

const root = process.getuid?.() === 0;

describe("a Linux program that an installation would harm is refused", { skip: whyNot("linux-x64") ?? false }, () => {
    let victims: HardenedVictims;

    before(async () => {
        victims = await HardenedVictims.make();
        chmodSync(victims.target.folder, 0o755); // another user starts programs in it
    });
    after(() => victims.remove());

    const cases = [
        ...Object.entries(seenBefore).map(([name, row]) => ({ name, row, skip: false as const })),
        ...Object.entries(seenAsRoot).map(([name, row]) => ({ name, row, skip: root ? false : "takes root's rights" })),
    ];
    for (const { name, row, skip } of cases) {
        it(`attach refuses a program ${name}, names the cause, and changes nothing in it`, { skip }, () =>
            victims.with(
                row.words,
                async (victim) => {
                    const pid = innermost(victim);
                    const map = readFileSync(`/proc/${pid}/maps`, "utf8");
                    await assertFails(["attach", String(pid)], { exitCode: 5, ...row });
                    assert.equal(readFileSync(`/proc/${pid}/maps`, "utf8"), map);
                    assert.equal(await victim.order("go on"), "alive");
                    assert.equal(await victim.quit(0), 0);
                },
                row.before,
                [victims.oneThread],
            ),
        );
    }

    it("attach refuses a program with a second C library, and changes nothing in it", () =>
        victims.with(
            [],
            async (victim) => {
                const map = readFileSync(`/proc/${victim.pid}/maps`, "utf8");
                await assertFails(["attach", String(victim.pid)], {
                    exitCode: 5,
                    code: "SEVERAL_RUNTIMES",
                    message: /has loaded 2 C libraries \(dlmopen\)/,
                    resolution: /LD_AUDIT/,
                });
                assert.equal(readFileSync(`/proc/${victim.pid}/maps`, "utf8"), map);
                assert.equal(await victim.order("use both"), "alive");
                assert.equal(await victim.quit(0), 0);
            },
            [],
            [victims.oneThread, "second-library"],
        ));

    for (const [name, words] of Object.entries({ "by the kernel": ["mdwe"], "by a sandbox": ["deny-executable"] })) {
        it(`attach names the cause if a program is denied executable memory ${name}, and it runs on`, () =>
            victims.with(words, async (victim) => {
                const attached = await poolnv(["attach", String(victim.pid), "--detach", "--sandboxed", "on"]);
                assertErrorText(attached, {
                    exitCode: 5,
                    code: "SANDBOXED",
                    message: /new executable memory/,
                    resolution: /MemoryDenyWriteExecute=/,
                });
                assert.equal(await victim.order("counters"), "none");
            }));
    }

    it("attach says that a sandbox has ended the program, if --sandboxed on was given", () =>
        victims.with(
            ["kill-clone3"],
            async (victim) => {
                const attached = await poolnv(["attach", String(victim.pid), "--json", "--sandboxed", "on"]);
                assertErrorDocument(attached, {
                    exitCode: 3,
                    code: "TARGET_GONE",
                    message: /sandbox \(seccomp\) has ended it/,
                    resolution: /without the sandbox/,
                });
            },
            [],
            [victims.oneThread],
        ));

    it("a sandbox that permits an installation is tried with --sandboxed on", () =>
        victims.with(["deny-clone"], async (victim) => {
            const attached = await poolnv(["attach", String(victim.pid), "--detach", "--sandboxed", "on"]);
            assertErrorText(attached, {
                exitCode: 5,
                code: "THREADS_WOULD_NOT_STOP",
                message: /does not permit suspending/,
                resolution: /without the sandbox/,
            });
            assert.equal(await victim.order("counters"), "none");
        }));

    it("a program that may start no thread goes on within seconds after the error", () =>
        victims.with(
            ["deny-clone", "deny-clone3"],
            async (victim) => {
                const attached = await poolnv(["attach", String(victim.pid), "--detach", "--sandboxed", "on"]);
                assertErrorText(attached, {
                    exitCode: 5,
                    code: "NOT_ANSWERING",
                    message: /started no thread/,
                    resolution: /sandbox/,
                });
                await pause(6000);
                assert.notEqual(stateOf(victim.pid), "t");
                assert.equal(await victim.order("go on", 1000), "alive");
            },
            [],
            [victims.oneThread],
        ));

    it("a program with a limit of address space gets a smaller pool that leaves it half", () =>
        victims.with(["address-space=2000"], async (victim) => {
            const attached = await poolnv(["attach", String(victim.pid), "--json"]);
            assert.equal(attached.code, 0, attached.stderr);
            const { pool_size, step_down } = JSON.parse(attached.stdout) as { pool_size: number; step_down: string };
            assert.ok(pool_size <= 800 * 1_048_576, String(pool_size));
            assert.match(step_down, /limits \(ulimit\) permit \d+ MB more, half of it is left to it/);
            assert.equal((await victim.numbers("work 1 100000 4"))["corruptions"], 0);
            assert.equal(await victim.quit(), 0);
        }));

    it("the log of a program from a memory file is in the temporary folder", () =>
        victims.with(["memory-file"], async (victim) => {
            const log = `/tmp/poolnv-${victim.pid}.log`;
            try {
                const attached = await poolnv(["attach", String(victim.pid), "--json"]);
                assert.equal(attached.code, 0, attached.stderr);
                assert.equal((JSON.parse(attached.stdout) as { log_file: string }).log_file, log);
                assert.ok(existsSync(log));
                assert.equal(existsSync(`/poolnv-${victim.pid}.log`), false);
            } finally {
                rmSync(log, { force: true });
                rmSync(`/poolnv-${victim.pid}.log`, { force: true });
            }
        }));

    it("the pid of a program in a pid namespace is the one that commands take", { skip: !root }, () =>
        victims.with(
            [],
            async (victim) => {
                const pid = innermost(victim);
                for (const install of [true, false]) {
                    const attached = await poolnv(["attach", String(pid), "--json"]);
                    assert.equal(attached.code, 0, attached.stderr);
                    const document = JSON.parse(attached.stdout) as { pid: number; already_installed: boolean };
                    assert.deepEqual([document.pid, document.already_installed], [pid, !install]);
                }
                assert.equal((await poolnv(["exec", String(pid), "IsMemoryPoolActive"])).code, 0);
            },
            ["unshare", "--pid", "--fork", "--mount-proc"],
        ),
    );

    it("another user's program is refused by pid and by name", { skip: !root }, () =>
        victims.with([], async (victim) => {
            for (const program of [String(victim.pid), victim.processName]) {
                const [file, ...args] = [...asUserNobody, process.execPath, commandLine, "attach", program, "--json"];
                const { exitCode, stdout, stderr } = await execa(file, args, { reject: false, env: { HOME: "/tmp" } });
                assertErrorDocument(
                    { code: exitCode, stdout, stderr },
                    {
                        exitCode: 5,
                        code: "ACCESS_DENIED",
                        message: RegExp(`pid ${victim.pid} belongs to another user \\(user id 0\\)`),
                        resolution: /as the user who owns the program/,
                    },
                );
            }
            assert.ok(isRunning(victim.pid));
        }),
    );
});

/** The pid of the victim itself, which another program may have started. */
function innermost({ pid }: Victim): number {
    const [child] = childrenOf(pid);
    return child ?? pid;
}
