import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { windowsPath } from "../../host/process/wine.js";
import { mailboxBytes, mailboxMarkOffset } from "../../shared/layout.js";
import { readEnvironments } from "../fixtures/prepare/environments.js";
import { mailboxFilesOf, mailboxFolder } from "../fixtures/support/mailbox-files.js";
import { makeTarget, type Target, whyNot } from "../fixtures/support/targets.js";
import { Victim } from "../fixtures/support/victim.js";
import { inHostPrefix, poolnvOnWindows, whyNoWindowsHost } from "../fixtures/support/windows-host.js";

/** A Windows program whose pool has no mailbox file, and files that others have put in its place. */
describe(
    "a mailbox file that the program has not made",
    { skip: whyNoWindowsHost() ?? whyNot("win32-msvcrt") ?? false },
    () => {
        let target: Target;
        let victim: Victim;
        let pid: string;

        before(async () => {
            target = inHostPrefix(await makeTarget("win32-msvcrt"));
            victim = await Victim.start({ ...target, command: (program) => withoutLocalFolder(target, program) });
            const { code, stdout, stderr } = await poolnvOnWindows(["attach", target.processName, "--detach"]);
            assert.equal(code, 0, stderr);
            pid = /\(pid (\d+)\)/.exec(stdout)![1]!;
        });
        after(async () => {
            await victim.quit();
            target.remove();
        });

        const assertInjected = async (): Promise<void> => {
            const { code, stdout, stderr } = await poolnvOnWindows(["exec", target.processName, "IsMemoryPoolActive"]);
            assert.equal(code, 0, stderr);
            assert.equal(stdout, "IsMemoryPoolActive >> 1");
            assert.match(stderr, /starting the python engine/);
            assert.equal((await victim.numbers("work 1 2000 2"))["corruptions"], 0);
        };

        it("without a folder for its mailbox file a pool works by sessions that are injected, and its log says so", async () => {
            assert.deepEqual(mailboxFilesOf(target.processName), []);
            await assertInjected();
            const logs = readdirSync(target.folder).filter((name) => name.endsWith(".log"));
            assert.match(readFileSync(join(target.folder, logs[0]!), "utf8"), /warning: no mailbox file/);
        });

        const last = mailboxMarkOffset;
        for (const [what, content, isMailbox] of [
            ["is too short", "b'POOLNVMB'", false],
            ["is too long", `b'POOLNVMB'.rjust(${mailboxBytes}) + bytes(1000)`, false],
            ["has no mark", `bytes(${mailboxBytes})`, false],
            ["never answers", `bytes(${last}) + b'POOLNVMB' + bytes(8)`, true],
            ["is full of noise", `bytes([255]) * ${last} + b'POOLNVMB' + bytes(8)`, true],
        ] as const) {
            it(`a planted mailbox file that ${what} ${isMailbox ? "is given up for a session" : "is not written to"}`, async () => {
                const path = join(mailboxFolder(), `${target.processName}-${pid}-1`);
                const release = await hold(path, content);
                const before = readFileSync(path);
                try {
                    await assertInjected();
                    assert.equal(readFileSync(path).equals(before), !isMailbox);
                } finally {
                    await release();
                    rmSync(path, { force: true });
                }
            });
        }
    },
);

/** The program finds no folder for files of its user. */
function withoutLocalFolder(target: Target, program: string): ReturnType<Target["command"]> {
    const { file, env } = target.command(program);
    return { file, args: ["cmd", "/c", `set LOCALAPPDATA=C:\\missing\\folder&&${windowsPath(program)}`], env };
}

/**
 * Makes a file and keeps it open as a program with a pool does: C's `open` of Windows shares reading and writing only.
 *
 * @returns the function that closes it
 */
async function hold(path: string, content: string): Promise<() => Promise<void>> {
    const { windowsHost } = readEnvironments();
    if (!windowsHost.ready) throw new Error(windowsHost.reason);
    const { wine, hostPrefix, pythonFolder } = windowsHost;
    const onWindows = `C:\\${path.slice(path.indexOf("/drive_c/") + 9).replaceAll("/", "\\")}`;
    const lines = ["import sys", `file = open(r'${onWindows}', 'wb')`, `file.write(${content})`, "file.flush()"];
    const source = [...lines, "print('held', flush=True)", "sys.stdin.read()"].join("\n");
    const holder = spawn(wine, [join(pythonFolder, "python.exe"), "-I", "-c", source], {
        stdio: ["pipe", "pipe", "ignore"],
        env: { ...process.env, WINEPREFIX: hostPrefix, WINEDEBUG: "-all" },
    });
    const ended = once(holder, "exit");
    const [said] = (await once(holder.stdout, "data")) as [Buffer];
    assert.match(said.toString(), /^held/);
    return async () => {
        holder.stdin.end();
        await ended;
        holder.stdout.destroy(); // Wine's services keep it open
    };
}
