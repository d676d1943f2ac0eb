import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough, Readable } from "node:stream";
import { describe, it } from "node:test";
import type { PoolClient } from "../../host/client/pool-client.js";
import type { UserError } from "../../host/errors.js";
import { consoleCommands } from "../../host/repl/commands.js";
import { completeLine } from "../../host/repl/complete-line.js";
import { History } from "../../host/repl/history.js";
import type { ConsoleSink } from "../../host/repl/interpret.js";
import { runLineConsole } from "../../host/repl/line-console.js";
import { parseLine } from "../../host/repl/parse-line.js";
import { resultLines, runConsoleCommand } from "../../host/repl/run-command.js";
import { runTerminalConsole } from "../../host/repl/terminal-console.js";
import { statisticsBlock } from "../../host/text/statistics-block.js";
import { fakeClient, FakeTransport, statistics } from "./fake-transport.js";

/** Remembers what a console says. */
class Recorder implements ConsoleSink {
    readonly said: string[] = [];

    /** @param patience lines after which the sink is not heard any more */
    constructor(readonly patience = Infinity) {}

    result = (result: Parameters<ConsoleSink["result"]>[0]) => void this.said.push(...resultLines(result));
    help = (lines: string[]) => void this.said.push(...lines);
    printed = (line: string) => void this.said.push(line);
    scriptEnded = () => {};
    isHeard = () => this.said.length < this.patience;
    error = (error: UserError) => void this.said.push(`${error.code}: ${error.message}`);
}

describe("console commands", () => {
    const printed: [string, string[]][] = [
        ["IsMemoryPoolActive", ["IsMemoryPoolActive >> 1"]],
        ["GETMEMORYPOOLUSAGE", ["GetMemoryPoolUsage >> 487.23"]],
        ["GetMemoryPoolStats", [...statisticsBlock(statistics), "GetMemoryPoolStats >> 45782"]],
        ["SetMemoryPoolActive 0", ["SetMemoryPoolActive >> 0"]],
        ["ResetMemoryPool", ["Given back: 2.00 MB", "ResetMemoryPool >> 2097152"]],
    ];
    for (const [line, lines] of printed) {
        it(`console command ${line} is printed as the game's console prints it`, async () => {
            assert.deepEqual(resultLines(await runConsoleCommand(fakeClient(), line)), lines);
        });
    }

    it("GetMemoryPoolStats writes the block to the log, too", async () => {
        const transport = new FakeTransport();
        await runConsoleCommand(fakeClient(transport), "GetMemoryPoolStats");
        assert.deepEqual(transport.logged, [statisticsBlock(statistics)]);
    });

    it("SetMemoryPoolActive is seen by IsMemoryPoolActive", async () => {
        const pool = fakeClient();
        await runConsoleCommand(pool, "SetMemoryPoolActive 0");
        assert.equal((await runConsoleCommand(pool, "IsMemoryPoolActive")).value, 0);
    });

    it("every console command has help and an example that parses", () => {
        for (const command of consoleCommands) {
            assert.notEqual(command.help, "");
            assert.equal(parseLine(command.example.split(">>")[0] ?? "")?.command, command);
        }
    });

    it("an unknown console command suggests a similar name or one that contains it", () => {
        assert.throws(() => parseLine("IsMemoryPoolActiv"), /Did you mean IsMemoryPoolActive\?/);
        assert.throws(() => parseLine("stats"), /Did you mean GetMemoryPoolStats\?/);
        assert.throws(() => parseLine("banana"), /^UserError: "banana" is not a console command\.$/);
    });

    it("Tab completes console commands and arguments in any case", () => {
        assert.deepEqual(completeLine("getm"), [
            [
                "GetMemoryPoolUsage",
                "GetMemoryPoolStats",
                "GetMemoryPoolHistogram",
                "GetMemoryPoolLayers",
                "GetMemoryPoolAddressSpace",
            ],
            "getm",
        ]);
        assert.deepEqual(completeLine("setmemorypoolactive "), [["0", "1"], ""]);
        assert.deepEqual(completeLine("SetMemoryPoolActive 1 "), [[], ""]);
        assert.equal(completeLine("")[0].length, consoleCommands.length);
        assert.deepEqual(completeLine("help setm"), [["SetMemoryPoolActive"], "setm"]);
    });

    it("Tab completes file names with blanks, but none that could steer a terminal", async () => {
        const folder = await mkdtemp(path.join(tmpdir(), "poolnv-test-"));
        for (const name of ["check one.txt", "check.txt", "other.txt", "check\u001b[2J.txt"]) {
            await writeFile(path.join(folder, name), "");
        }
        await mkdir(path.join(folder, "checks"));
        const begun = (text: string) => path.join(folder, text);
        const found = ["check one.txt", "check.txt", `checks${path.sep}`].map(begun);
        assert.deepEqual(completeLine(`run ${begun("che")}`), [found, begun("che")]);
        assert.deepEqual(completeLine(`run ${begun("check o")}`), [[begun("check one.txt")], begun("check o")]);
        assert.deepEqual(completeLine("run /nonexistent/x"), [[], "/nonexistent/x"]);
        await rm(folder, { recursive: true });
    });

    it("console command run takes the rest of the line as its file name", () => {
        assert.deepEqual(parseLine("run my scripts/a; b.txt ")?.args, ["my scripts/a; b.txt"]);
        assert.deepEqual(parseLine('RUN "quoted name.txt"')?.args, ["quoted name.txt"]);
        assert.throws(() => parseLine("run"), /run takes 1 argument, not none/);
    });
});

describe("the console without a terminal", () => {
    it("the line console leaves at quit and ignores later lines", async () => {
        const recorder = new Recorder();
        const input = Readable.from(["IsMemoryPoolActive\nQUIT\nGetMemoryPoolUsage\n"]);
        await runLineConsole(fakeClient(), input, recorder);
        assert.deepEqual(recorder.said, ["IsMemoryPoolActive >> 1"]);
    });

    it("the line console leaves when the program ends and reports it once", async () => {
        const transport = new FakeTransport();
        const recorder = new Recorder();
        const input = new PassThrough();
        const left = runLineConsole(fakeClient(transport), input, recorder);
        transport.end("process-terminated");
        await left;
        assert.deepEqual(recorder.said, ["TARGET_GONE: FalloutNV.exe (pid 4711) is gone: the program has ended."]);
    });

    it("the line console leaves when its output is closed", async () => {
        const recorder = new Recorder(1);
        const input = Readable.from(["IsMemoryPoolActive\n".repeat(100)]);
        await runLineConsole(fakeClient(), input, recorder);
        assert.deepEqual(recorder.said, ["IsMemoryPoolActive >> 1"]);
    });

    it("help in the line console lists every command", async () => {
        const recorder = new Recorder();
        await runLineConsole(fakeClient(), Readable.from(["help"]), recorder);
        assert.equal(recorder.said.length, consoleCommands.length);
        assert.match(recorder.said.join("\n"), /^SetMemoryPoolActive 0\|1 {2,}send/m);
    });

    it("help COMMAND in the line console explains one command with an example", async () => {
        const recorder = new Recorder();
        const input = Readable.from(["help setmemorypoolactive\nhelp GetMemoryPoolStat\nwatch\n"]);
        await runLineConsole(fakeClient(), input, recorder);
        assert.match(recorder.said[0]!, /^SetMemoryPoolActive 0\|1 {2}send/);
        assert.equal(recorder.said[1], "For example: SetMemoryPoolActive 0");
        assert.match(recorder.said[2]!, /^USAGE: .*Did you mean GetMemoryPoolStats\?/);
        assert.match(recorder.said[3]!, /^USAGE: The live view of the console needs a terminal/);
    });

    it("the line console throws a fault", async () => {
        const transport = new FakeTransport();
        transport.answers.reset = async () => {
            throw new Error("broken");
        };
        const input = Readable.from(["ResetMemoryPool\n"]);
        await assert.rejects(runLineConsole(fakeClient(transport), input, new Recorder()), /broken/);
    });
});

describe("the console on a terminal", () => {
    /** Types keys at a console and waits until it is left. */
    async function type(keys: string[], transport = new FakeTransport()) {
        const folder = await mkdtemp(path.join(tmpdir(), "poolnv-test-"));
        const file = path.join(folder, "state", "history");
        const warnings: string[] = [];
        const input = new PassThrough();
        const output = new PassThrough().setEncoding("utf8");
        const recorder = new Recorder();
        const history = new History((line) => warnings.push(line), file);
        const watch = async (_pool: PoolClient, stop: AbortSignal) => {
            output.write("VIEW BEGINS\n");
            await new Promise((resolve) => stop.addEventListener("abort", resolve));
            output.write("VIEW ENDS\n");
        };
        const left = runTerminalConsole(fakeClient(transport), { input, output, history, watch }, recorder);
        for (const key of keys) {
            await new Promise((resolve) => setTimeout(resolve, 20));
            input.write(key);
        }
        const failure = await left.then(
            () => null,
            (error: UserError) => error,
        );
        const kept = await readFile(file, "utf8").catch(() => null);
        const mode = kept === null ? null : (await stat(path.dirname(file))).mode & 0o777;
        await rm(folder, { recursive: true });
        return { screen: String(output.read() ?? ""), said: recorder.said, kept, mode, warnings, failure };
    }

    it("the terminal console prompts with the program's name, completes and stores a private history", async () => {
        const { screen, said, kept, mode } = await type([
            "getmemorypoolu",
            "\t",
            "\r",
            "ismemorypoolactive\r",
            "quit\r",
        ]);
        assert.match(screen, /poolnv FalloutNV\.exe> /);
        assert.deepEqual(said, ["GetMemoryPoolUsage >> 487.23", "IsMemoryPoolActive >> 1"]);
        assert.equal(kept, "quit\nismemorypoolactive\nGetMemoryPoolUsage\n");
        assert.equal(mode, process.platform === "win32" ? mode : 0o700);
    });

    it("Ctrl-C clears the line of the terminal console; a second one on an empty line leaves", async () => {
        const { screen, said, kept } = await type(["IsMemory", "\x03", "\x03", "\x03"]);
        assert.match(screen, /Ctrl-C again, Ctrl-D or quit leaves/);
        assert.deepEqual(said, []);
        assert.equal(kept, null);
    });

    it("the terminal console leaves at Ctrl-C while the program does not answer", async () => {
        const transport = new FakeTransport();
        transport.answers.snapshot = () => new Promise(() => {});
        const { failure, said } = await type(["IsMemoryPoolActive\r", "\x03", "\x03"], transport);
        assert.equal(failure, null);
        assert.deepEqual(said, []);
    });

    it("the prompt escapes control characters in the program's name", async () => {
        const transport = new FakeTransport();
        transport.facts.program = "\x1b[2Jgame\n.exe";
        const { screen } = await type(["\x04"], transport);
        assert.ok(screen.includes("poolnv \\x1b[2Jgame\\x0a.exe> "), screen);
    });

    it("Enter or Ctrl-C ends the live view, and the terminal console continues", async () => {
        const keys = ["watch\r", "quit\r", "watch\r", "\x03", "IsMemoryPoolActive\r", "\x04"];
        const { screen, said } = await type(keys);
        assert.equal(screen.match(/VIEW BEGINS/g)?.length, 2);
        assert.equal(screen.match(/VIEW ENDS/g)?.length, 2);
        assert.deepEqual(said, ["IsMemoryPoolActive >> 1"]);
    });

    it("the terminal console leaves at Ctrl-D", async () => {
        assert.equal((await type(["\x04"])).failure, null);
    });

    it("the terminal console continues after a wrong line", async () => {
        const { said } = await type(["frobnicate\r", "IsMemoryPoolActive\r", "\x04"]);
        assert.match(said[0] ?? "", /^USAGE/);
        assert.equal(said[1], "IsMemoryPoolActive >> 1");
    });

    it("the terminal console rejects with TARGET_GONE when the program ends", async () => {
        const transport = new FakeTransport();
        setTimeout(() => transport.end("process-terminated"), 50);
        assert.equal(((await type([], transport)).failure as UserError).code, "TARGET_GONE");
    });

    it("the history warns if it cannot be stored", async () => {
        const folder = await mkdtemp(path.join(tmpdir(), "poolnv-test-"));
        await writeFile(path.join(folder, "state"), "a file where a folder should be");
        const warnings: string[] = [];
        const history = new History((line) => warnings.push(line), path.join(folder, "state", "history"));
        history.remember(["help"]);
        await history.save();
        await rm(folder, { recursive: true });
        assert.equal(warnings.length, 1);
    });
});
