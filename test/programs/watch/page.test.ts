import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { get, type IncomingMessage, request } from "node:http";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { describe, it } from "node:test";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { whyNot } from "../../fixtures/support/targets.js";
import { ConsoleProcess } from "../cli/console-process.js";
import { assertErrorText } from "../cli/expected-error.js";
import { withVictim } from "../cli/victims.js";

/** The page of the live view, over HTTP, of a program of this system and of one under Wine. */
for (const name of ["linux-x64", "win32-msvcrt"] as const) {
    describe(`the page of a ${name} program`, { skip: whyNot(name) ?? false }, () => {
        it(`poolnv watch --web of a ${name} program serves plots only at the address with the token`, () =>
            withVictim(name, async (victim, target) => {
                await poolnv(["attach", String(victim.pid), "--detach"], target);
                await victim.order("hold 300 1000");
                const args = ["watch", String(victim.pid), "--web", "--interval", "0.1"];
                const held = new ConsoleProcess(args, target.env);
                try {
                    const [, address] = await held.hears(/^The page: (http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/)$/m);
                    const url = new URL(address!);
                    await assertServed(url);
                    await assertRefused(url);
                    await assertOnlyHere(url);
                    const drawing = await firstDrawing(url);
                    assert.match(drawing.title, RegExp(`${target.processName} \\(pid \\d+\\)$`));
                    const used = drawing.plots.memory.series.find((series) => series.name === "used");
                    assert.ok(used!.data.length >= 1);
                    assert.deepEqual(Object.keys(drawing.plots), ["memory", "calls", "sizes"]);
                    const viewer = fetch(new URL("events", url)).then((response) => response.text());
                    await new Promise((resolve) => setTimeout(resolve, 300));
                    held.process.kill("SIGINT");
                    assert.equal(await held.ended, 0, held.stderr);
                    assert.match(await viewer, /\nevent: end\ndata: \{\}\n\n$/);
                } finally {
                    held.close();
                }
                await victim.order("drop");
                assert.equal(await victim.quit(), 0);
            }));
    });
}

describe("the port of the page", { skip: whyNot("linux-x64") ?? false }, () => {
    it("poolnv watch --port uses that port, or says why not", () =>
        withVictim("linux-x64", async (victim) => {
            const pid = String(victim.pid);
            await poolnv(["attach", pid, "--detach"]);
            const first = new ConsoleProcess(["watch", pid, "--web"]);
            try {
                const [, port = ""] = await first.hears(/127\.0\.0\.1:(\d+)/);
                const second = await poolnv(["watch", pid, "--web", "--port", port]);
                const message = RegExp(`can't be shown at port ${port}`);
                assertErrorText(second, { exitCode: 2, code: "PORT_TAKEN", message, resolution: /--port/ });
                first.process.kill("SIGINT");
                assert.equal(await first.ended, 0, first.stderr);
                const third = new ConsoleProcess(["watch", pid, "--web", "--port", port]);
                await third.hears(RegExp(`127\\.0\\.0\\.1:${port}`));
                third.close();
            } finally {
                first.close();
            }
        }));
});

interface Drawing {
    title: string;
    plots: { memory: { series: { name: string; data: [number, number][] }[] }; calls: object; sizes: object };
}

async function assertServed(url: URL): Promise<void> {
    const page = await fetch(url);
    assert.equal(page.status, 200);
    assert.match(page.headers.get("content-security-policy")!, /default-src 'none'/);
    assert.equal(page.headers.get("referrer-policy"), "no-referrer");
    const html = await page.text();
    assert.doesNotMatch(html, /(?:src|href)="(?:https?:)?\/\//, "nothing comes from elsewhere");
    const scripts = [...html.matchAll(/<script src="([^"]+)"/g)].map(([, source]) => source!);
    assert.deepEqual(scripts, ["echarts.js", "page.js"]);
    const plotter = readFileSync(createRequire(import.meta.url).resolve("echarts/dist/echarts.min.js"), "utf8");
    assert.equal(await (await fetch(new URL("echarts.js", url))).text(), plotter);
    assert.match(await (await fetch(new URL("page.js", url))).text(), /new EventSource\("events"\)/);
}

async function assertRefused(url: URL): Promise<void> {
    const status = (address: string | URL, method = "GET") =>
        fetch(address, { method }).then((response) => response.status);
    const token = url.pathname.split("/")[1]!;
    const otherToken = (token.startsWith("A") ? "B" : "A") + token.slice(1);
    for (const wrong of [
        "/",
        "/events",
        `/${otherToken}/`,
        `/${otherToken}/events`,
        `/${token}x/`,
        `/${token.slice(1)}/`,
    ]) {
        assert.equal(await status(new URL(wrong, url)), 403, wrong);
    }
    for (const nothing of ["x", "page.html", "../page.js", "%2e%2e/%2e%2e/package.json", "events/x"]) {
        assert.ok([403, 404].includes(await status(new URL(nothing, url))), nothing);
    }
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "HEAD"]) {
        assert.equal(await status(url, method), 405, method);
    }
    for (const host of [
        "evil.example",
        `evil.example:${url.port}`,
        "127.0.0.1",
        `localhost.evil.example:${url.port}`,
    ]) {
        assert.equal(await statusFor(url, host), 403, host);
    }
    assert.equal(await statusFor(url, url.host), 200);
}

/** The status for a request with another Host header, as after DNS rebinding. */
function statusFor(url: URL, host: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
        request(url, { headers: { host } }, (response: IncomingMessage) => {
            response.resume();
            resolve(response.statusCode);
        })
            .on("error", reject)
            .end();
    });
}

/** Asserts that only the loopback address accepts connections. */
async function assertOnlyHere(url: URL): Promise<void> {
    const addresses = Object.values(networkInterfaces())
        .flatMap((entries) => entries ?? [])
        .map(({ address, scopeid }) => (scopeid ? `${address}%${scopeid}` : address))
        .filter((address) => address !== "127.0.0.1");
    for (const address of addresses) {
        assert.equal(await canConnect(address, Number(url.port)), false, `${address} answers`);
    }
}

function canConnect(host: string, port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const socket = connect({ host, port, timeout: 2000 });
        const answerWith = (answer: boolean) => {
            socket.destroy();
            resolve(answer);
        };
        socket
            .on("connect", () => answerWith(true))
            .on("error", () => answerWith(false))
            .on("timeout", () => answerWith(false));
    });
}

function firstDrawing(url: URL): Promise<Drawing> {
    return new Promise((resolve, reject) => {
        const connection = get(new URL("events", url), (response) => {
            assert.equal(response.headers["content-type"], "text/event-stream");
            let text = "";
            response.setEncoding("utf8").on("data", (piece: string) => {
                text += piece;
                const data = /^event: drawing\ndata: (.*)\n\n/m.exec(text)?.[1];
                if (data === undefined) return;
                connection.destroy();
                resolve(JSON.parse(data) as Drawing);
            });
        });
        connection.on("error", reject);
    });
}
