import assert from "node:assert/strict";
import { constants } from "node:os";
import { describe, it } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { type Target, whyNot } from "../../fixtures/support/targets.js";
import { TerminalSession } from "../../fixtures/support/terminal-session.js";
import type { Victim } from "../../fixtures/support/victim.js";
import { withVictim } from "../cli/victims.js";

const escape = "\x1b";
const hideCursor = "\x1b[?25l";
const showCursor = "\x1b[?25h";
const eraseLine = "\x1b[2K";

/** The live view on a terminal, of programs of this system and of Windows under Wine. */
for (const name of ["linux-x64", "win32-msvcrt"] as const) {
    const withPool = (work: (victim: Victim, target: Target) => Promise<void>) => () =>
        withVictim(name, async (victim, target) => {
            const { code, stderr } = await poolnv(["attach", String(victim.pid), "--detach"], target);
            assert.equal(code, 0, stderr);
            await victim.order("hold 300 1000");
            await work(victim, target);
            await victim.order("drop");
            assert.equal(await victim.quit(), 0);
        });

    describe(`watching a ${name} program on a terminal`, { skip: whyNot(name) ?? false }, () => {
        it(
            `poolnv watch of a ${name} program on a terminal redraws in place, at any width, until Ctrl-C`,
            withPool(async (victim, target) => {
                const terminal = new TerminalSession(["watch", String(victim.pid), "--interval", "0.1"], target.env);
                try {
                    await terminal.shows(/used .*per second.*<= .*Ctrl-C ends the view/s);
                    terminal.resize(40);
                    const from = terminal.text.length;
                    await terminal.shows(/(Ctrl-C ends(?:.*?)used .*){3}/s, from);
                    terminal.interrupt();
                    assert.equal(await terminal.ended, 0);
                } finally {
                    terminal.close();
                }
                assert.ok(terminal.shown.includes(hideCursor));
                assert.ok(terminal.shown.lastIndexOf(showCursor) > terminal.shown.lastIndexOf(hideCursor));
                assert.ok(terminal.shown.split(eraseLine).length > 20);
                const last = screenAfter(terminal.shown).slice(-25);
                assert.ok(Math.max(...last.map((line) => [...line].length)) <= 40, last.join("\n"));
                assert.match(
                    last.join("\n"),
                    /allocs +\d+ +\d+\nfrees +\d+ +\d+\nreallocs +\d+ +\d+\nfallbacks +\d+ +\d+/,
                );
            }),
        );

        it(
            `watch in the console of a ${name} program ends at Enter and at Ctrl-C and returns to the console`,
            withPool(async (victim, target) => {
                const terminal = new TerminalSession(["attach", String(victim.pid), "--quiet"], target.env);
                try {
                    await terminal.shows(/poolnv .*> /);
                    terminal.type("watch");
                    await terminal.shows(/per second.*Enter or Ctrl-C ends the view/s);
                    terminal.type("quit");
                    const first = terminal.text.length;
                    await terminal.shows(/poolnv .*> /, first);
                    terminal.type("IsMemoryPoolActive");
                    await terminal.shows(/IsMemoryPoolActive >> 1/, first);
                    terminal.type("watch");
                    const second = terminal.text.length;
                    await terminal.shows(/Enter or Ctrl-C ends the view/, second);
                    terminal.interrupt();
                    const third = terminal.text.length;
                    await terminal.shows(/poolnv .*> /, third);
                    terminal.type("GetMemoryPoolUsage");
                    await terminal.shows(/GetMemoryPoolUsage >> \d/, third);
                    terminal.type("quit");
                    assert.equal(await terminal.ended, 0);
                } finally {
                    terminal.close();
                }
            }),
        );
    });
}

describe("watching on a terminal", { skip: whyNot("linux-x64") ?? false }, () => {
    const attached = (work: (victim: Victim) => Promise<void>) => () =>
        withVictim("linux-x64", async (victim) => {
            await poolnv(["attach", String(victim.pid), "--detach"]);
            await work(victim);
        });

    it(
        "poolnv watch has no colours with NO_COLOR, and prints lines on a dumb terminal",
        attached(async (victim) => {
            const args = ["watch", String(victim.pid), "--count", "2", "--interval", "0.1"];
            const plain = new TerminalSession(args, { NO_COLOR: "1" });
            assert.equal(await plain.ended, 0);
            assert.doesNotMatch(plain.shown, RegExp(`${escape}\\[\\d+m`));
            const dumb = new TerminalSession(args, { TERM: "dumb" });
            assert.equal(await dumb.ended, 0);
            assert.match(dumb.shown, /^\d{4}-.*Z {2}used /);
        }),
    );

    it(
        "poolnv watch on a terminal ends with the program and says so",
        attached(async (victim) => {
            const terminal = new TerminalSession(["watch", String(victim.pid), "--interval", "0.1"]);
            await terminal.shows(/per second/);
            victim.kill();
            assert.equal(await terminal.ended, 0);
            assert.match(terminal.text, /is gone: the program has ended\./);
            assert.ok(terminal.shown.lastIndexOf(showCursor) > terminal.shown.lastIndexOf(hideCursor));
        }),
    );

    it(
        "poolnv watch ends when the terminal is closed",
        attached(async (victim) => {
            const terminal = new TerminalSession(["watch", String(victim.pid), "--interval", "0.1"]);
            await terminal.shows(/per second/);
            terminal.close();
            assert.equal(await terminal.ended, -constants.signals.SIGHUP);
            assert.equal(
                (await poolnv(["exec", String(victim.pid), "IsMemoryPoolActive"])).stdout,
                "IsMemoryPoolActive >> 1",
            );
        }),
    );
});

/** The lines on a terminal after the erase sequences that the view uses. */
function screenAfter(shown: string): string[] {
    const lines = [""];
    const pieces = shown.replaceAll("\r", "").split(RegExp(`(\n|${escape}\\[2K|${escape}\\[1A|${escape}\\[G)`));
    for (const piece of pieces) {
        if (piece === "\n") lines.push("");
        else if (piece === eraseLine) lines[lines.length - 1] = "";
        else if (piece === "\x1b[1A") lines.pop();
        else lines[lines.length - 1] += stripVTControlCharacters(piece);
    }
    return lines;
}
