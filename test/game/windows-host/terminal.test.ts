import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { windowsPid } from "../../../host/process/windows-pid.js";
import { beganWith, pidsWhere } from "../../fixtures/support/running.js";
import { makeTarget, type Target, whyNot } from "../../fixtures/support/targets.js";
import type { TerminalSession } from "../../fixtures/support/terminal-session.js";
import { Victim } from "../../fixtures/support/victim.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import {
    inHostPrefix,
    poolnvOnWindows,
    runOnWindows,
    whyNoWindowsHost,
    windowsEngines,
    windowsTerminal,
} from "../../fixtures/support/windows-host.js";

/** Wine makes a terminal a console of Windows: Ctrl-C is a console event, which every process of the console gets. */
for (const engine of windowsEngines) {
    describe(
        `a Windows console with the ${engine} engine`,
        { skip: whyNoWindowsHost(engine) ?? whyNot("win32-msvcrt") ?? false },
        () => {
            let target: Target;
            let victim: Victim;
            const words = (command: string, ...rest: string[]) => [
                ...[command, target.processName],
                ...["--engine", engine, ...rest],
            ];

            const isHost = (args: string[]) => /node\.exe$/.test(args[0]!) && args.includes(target.processName);

            before(async () => {
                target = inHostPrefix(await makeTarget("win32-msvcrt"));
                process.env["POOLNV_TEST_SUITE"] = target.folder; // by which workers of this suite are known
                victim = await Victim.start(target);
            });
            after(async () => {
                victim.kill();
                await victim.exited;
                target.remove();
            });

            it("Windows console: Ctrl-C at any moment of the first attach leaves the program with a pool or without", async () => {
                for (const milliseconds of [300, 800, 1_300]) {
                    await inTerminal(words("attach", "--detach"), async (terminal) => {
                        await terminal.shows(/starting the \w+ engine/, 0, longMs);
                        await pause(milliseconds);
                        terminal.interrupt();
                        // Wine ends a process by Ctrl-C even in the middle of a malloc; then it hangs instead of ending.
                        await Promise.race([terminal.ended, pause(endMs)]);
                    });
                    for (const pid of pidsWhere(isHost)) process.kill(pid, "SIGKILL");
                    assert.equal((await victim.numbers("work 1 5000 4"))["corruptions"], 0);
                }
                const { code, stdout, stderr } = await poolnvOnWindows(words("attach", "--detach"));
                assert.equal(code, 0, stderr);
                assert.match(stdout, /has its pool( already)?\.\n/);
                assert.equal((await victim.numbers("work 2 5000 4"))["corruptions"], 0);
            });

            it("Windows console: attach takes typed commands, completes them with Tab and leaves at quit", async () => {
                await inTerminal(words("attach"), async (terminal) => {
                    await terminal.shows(/has its pool already\.[^]*poolnv .*>/, 0, longMs);
                    terminal.type("IsMemoryPoolActive");
                    await terminal.shows(/IsMemoryPoolActive >> 1/);
                    terminal.press("GetMemoryPoolU\t");
                    await terminal.shows(/GetMemoryPoolUsage/);
                    terminal.type("");
                    await terminal.shows(/GetMemoryPoolUsage >> \d+\.\d\d/);
                    terminal.type("quit");
                    assert.equal(await terminal.ended, 0);
                    assert.match(terminal.text, /keeps its pool\./);
                });
            });

            it("Windows console: watch shows the live view until Ctrl-C, and shows the cursor again", async () => {
                await inTerminal(words("watch"), async (terminal) => {
                    await terminal.shows(/used +\d+\.\d\d of 1536\.00 MB[^]*Ctrl-C ends the view/, 0, longMs);
                    terminal.interrupt();
                    assert.equal(await terminal.ended, 0, terminal.text);
                    assert.ok(terminal.shown.lastIndexOf("\u001b[?25h") > terminal.shown.lastIndexOf("\u001b[?25l"));
                });
            });

            it("Windows console: Ctrl-C ends top early, with what it has", async () => {
                await inTerminal(words("top", "--seconds", "600", "--one-in", "10"), async (terminal) => {
                    await terminal.shows(/Ctrl-C ends it earlier/, 0, longMs);
                    await victim.order("load");
                    await pause(endMs); // it says so before it begins
                    terminal.interrupt();
                    assert.equal(await terminal.ended, 0, terminal.text);
                    assert.match(terminal.text, /[1-9][\d,]* samples, one call in 10, in [^]*ended early\./);
                });
                assert.equal((await victim.numbers("rest"))["corruptions"], 0);
            });

            it("Windows console: taskkill /f of a host with a console open leaves the program with its pool", async () => {
                await inTerminal(words("attach"), async (terminal) => {
                    await terminal.shows(/poolnv .*>/, 0, longMs);
                    const pid = String(windowsPid(pidsWhere(isHost)[0]!));
                    const { code, stderr } = await runOnWindows(["taskkill", "/f", "/pid", pid]);
                    assert.equal(code, 0, stderr);
                    await terminal.ended;
                });
                assert.equal((await victim.numbers("work 4 20000 4"))["corruptions"], 0);
                const { stdout, stderr } = await poolnvOnWindows(words("exec", "IsMemoryPoolActive"));
                assert.equal(stdout, "IsMemoryPoolActive >> 1", stderr);
            });

            it("Windows console: all that they have started ends, and the program runs on to exit code 0", async () => {
                const isWorker = (args: string[]) => args.some((arg) => /frida[\\/]worker/.test(arg));
                const ours = () =>
                    pidsWhere(isWorker).filter((pid) => beganWith(pid, `POOLNV_TEST_SUITE=${target.folder}`));
                await waitUntil("the workers end", () => ours().length === 0, 30_000);
                assert.equal((await victim.numbers("work 5 20000 4"))["corruptions"], 0);
                assert.equal(await victim.quit(), 0);
            });
        },
    );
}

/** A first answer may take so long on a busy machine, in milliseconds. */
const longMs = 60_000;
/** How long a process gets to end, in milliseconds. */
const endMs = 5_000;

async function inTerminal(args: string[], work: (terminal: TerminalSession) => Promise<void>): Promise<void> {
    const terminal = windowsTerminal(args);
    try {
        await work(terminal);
    } finally {
        terminal.close();
    }
}
