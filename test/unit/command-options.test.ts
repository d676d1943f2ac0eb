import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UserError } from "../../host/errors.js";
import { run } from "./command-runner.js";

/** Each shared option with a valid value. */
const shared: Record<string, string[]> = {
    "pool-size": ["64"],
    strategy: ["bump"],
    layers: ["crt,gameheap,scrapheap"],
    log: ["/logs/pool.log"],
    "print-in-game": ["on"],
    "extra-patches": ["on"],
    engine: ["python"],
    "wine-prefix": ["/prefix"],
    config: ["/nowhere.ini"],
    detach: [],
};

/** The same as options of the programming interface. */
const asPoolOptions: Record<string, [string, unknown]> = {
    "pool-size": ["poolSizeMb", 64],
    strategy: ["strategy", "bump"],
    layers: ["layers", ["crt", "gameheap", "scrapheap"]],
    log: ["logFile", "/logs/pool.log"],
    "print-in-game": ["printInGame", true],
    "extra-patches": ["extraPatches", true],
    engine: ["engine", "python"],
    "wine-prefix": ["winePrefix", "/prefix"],
};

const connect = ["engine", "wine-prefix", "config"];
const install = ["pool-size", "strategy", "layers", "log", "extra-patches", ...connect];

/** A command line of every command, and the shared options that it uses. */
const commands: [string, string[], string[]][] = [
    ["attach", ["x"], [...install, "print-in-game", "detach"]],
    ["launch", ["x"], [...install, "print-in-game", "detach"]],
    ["exec", ["x", "GetMemoryPoolUsage"], [...connect, "print-in-game"]],
    ["run", ["x", "/nowhere.txt"], [...connect, "print-in-game"]],
    ["watch", ["x"], connect],
    ["top", ["x"], connect],
    ["loadtest", ["/nowhere"], install],
    ["report html", ["/nowhere", "-o", "/nowhere.html"], []],
    ["report merge", ["/nowhere", "-o", "/nowhere.jsonl"], []],
    ["saves", [], ["wine-prefix", "config"]],
    ["config", [], [...install, "print-in-game"]],
    ["doctor", [], connect],
    ["deploy", [], ["wine-prefix"]],
    ["support", [], connect],
    ["setup", [], ["engine"]],
    ["demo", [], ["pool-size", "strategy", "layers", "log", "engine", "config"]],
];

describe("options that several commands know", async () => {
    const { stdout } = await run(["--help"]);

    it("the table of commands and shared options has every command", () => {
        const known = new Set([...stdout.matchAll(/^ {2}poolnv (\w+)/gm)].map(([, name]) => name!));
        assert.deepEqual(new Set(commands.map(([command]) => command.split(" ")[0])), known);
    });

    for (const [command, args, used] of commands) {
        it(`poolnv ${command} --help lists exactly the shared options that it uses`, async () => {
            const { code, stdout: help } = await run([...command.split(" "), "--help"]);
            assert.equal(code, 0);
            const listed = Object.keys(shared).filter((option) => new RegExp(`^ +--${option} `, "m").test(help));
            assert.deepEqual(listed.sort(), [...used].sort());
        });

        for (const [option, value] of Object.entries(shared)) {
            if (used.includes(option)) continue;
            it(`poolnv ${command} refuses --${option}, wherever it stands`, async () => {
                const words = [`--${option}`, ...value];
                for (const argv of [
                    [...command.split(" "), ...args, ...words],
                    [...command.split(" "), ...words, ...args],
                ]) {
                    const { code, stdout: printed, stderr, calls } = await run(argv);
                    assert.deepEqual([code, printed, calls], [2, "", []]);
                    assert.equal(
                        stderr,
                        `error: ${command} does not use --${option}.\n  See: poolnv ${command} --help\n`,
                    );
                }
            });
        }
    }

    for (const [command, args, used] of commands) {
        if (!["attach", "launch", "exec", "watch", "top", "demo"].includes(command)) continue;
        const passedOn = used.filter((option) => option in asPoolOptions);
        it(`poolnv ${command} passes on every shared option of its help`, async () => {
            let received: Record<string, unknown> = {};
            const refuse = async (...given: unknown[]) => {
                received = given.at(-1) as Record<string, unknown>;
                throw new UserError("NO_POOL", "the test ends here", "-");
            };
            const words = passedOn.flatMap((option) => [`--${option}`, ...shared[option]!]);
            const services = { attach: refuse, launch: refuse, connect: refuse };
            const { stderr } = await run([command, ...words, ...args], { services });
            assert.match(stderr, /the test ends here/);
            for (const option of passedOn) {
                const [name, value] = asPoolOptions[option]!;
                assert.deepEqual(received[name], value, option);
            }
        });
    }
});
