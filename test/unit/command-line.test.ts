import assert from "node:assert/strict";
import path from "node:path";
import { describe, it } from "node:test";
import { UserError } from "../../host/errors.js";
import { run } from "./command-runner.js";
import { statistics } from "./fake-transport.js";

describe("usage errors", () => {
    const wrong: [string, string[], RegExp][] = [
        ["an unknown command", ["zzzzzzz"], /Unknown command: zzzzzzz/],
        ["a mistyped command", ["atach", "x"], /did you mean attach\?/],
        ["an unknown option", ["attach", "x", "--pool-sise", "3"], /Unknown argument: pool-sise/],
        ["an option without its value", ["attach", "x", "--pool-size"], /Not enough arguments following: pool-size/],
        ["an option given twice", ["attach", "x", "--log", "a", "--log", "b"], /--log was given more than once/],
        [
            "a pool that is too large",
            ["attach", "x", "--pool-size", "1537"],
            /16 to 1536, because one region holds 1.5 GB/,
        ],
        ["a pool that is too small", ["attach", "x", "--pool-size", "15"], /16 to 1536/],
        ["a pool size that is no number", ["attach", "x", "--pool-size", "1.5G"], /whole number of MB/],
        ["an unknown engine", ["attach", "x", "--engine", "steam"], /must be one of auto, binding, python, wine/],
        ["an unknown engine to set up", ["setup", "--engine", "steam"], /must be one of auto/],
        ["an unknown strategy", ["attach", "x", "--strategy", "fast"], /must be one of recycle, bump/],
        ["an unknown layer", ["attach", "x", "--layers", "crt,kernel"], /must be one of crt, gameheap, scrapheap/],
        ["no process", ["attach"], /Not enough non-option arguments/],
        ["no program", ["launch"], /No program was given/],
        [
            "arguments for a program where there is none",
            ["attach", "x", "--", "y"],
            /Only launch and loadtest take arguments/,
        ],
        ["no console command", ["exec", "x"], /Not enough non-option arguments/],
        ["an unknown console command", ["exec", "x", "GetMemoryPoolUsag"], /Did you mean GetMemoryPoolUsage\?/],
        ["a console command of the REPL", ["exec", "x", "quit"], /"quit" is not a console command/],
        ["a missing argument", ["exec", "x", "SetMemoryPoolActive"], /takes 1 argument, not none/],
        ["a wrong argument", ["exec", "x", "SetMemoryPoolActive", "2"], /does not take "2"/],
    ];
    for (const [name, argv, message] of wrong) {
        it(`poolnv with ${name} exits with 2, prints two lines and touches no process`, async () => {
            const { code, stdout, stderr, calls } = await run(argv);
            assert.equal(code, 2);
            assert.equal(stdout, "");
            assert.match(stderr, message);
            assert.match(stderr, /^error: .+\n {2}.+\n$/);
            assert.deepEqual(calls, []);
        });

        it(`poolnv --json with ${name} prints one JSON document`, async () => {
            const { code, stdout, stderr } = await run(["--json", ...argv]);
            const { error } = JSON.parse(stdout) as { error: Record<string, string> };
            assert.equal(code, 2);
            assert.equal(stderr, "");
            assert.deepEqual(Object.keys(error), ["code", "message", "resolution"]);
            assert.equal(error["code"], "USAGE");
            assert.match(error["message"] ?? "", message);
        });
    }

    it("a usage error names the help of the command", async () => {
        assert.match((await run(["attach", "x", "--nope"])).stderr, /poolnv attach --help/);
        assert.match((await run(["--nope"])).stderr, /poolnv --help/);
    });
});

describe("help and version", () => {
    it("poolnv without a command prints the help and exits with 0", async () => {
        const help = (await run(["--help"])).stdout;
        const alone = await run([]);
        assert.deepEqual([alone.code, alone.stdout, alone.stderr], [0, help, ""]);
        const json = await run(["--json"]);
        assert.equal(json.code, 0);
        assert.equal((JSON.parse(json.stdout) as { help: string }).help, help.trimEnd());
    });

    it("poolnv --help lists every command", async () => {
        const { code, stdout } = await run(["--help"]);
        assert.equal(code, 0);
        for (const command of ["attach", "launch", "exec", "saves", "config", "setup", "demo"]) {
            assert.match(stdout, new RegExp(`poolnv ${command}`));
        }
    });

    it("poolnv attach --help lists the options of the contract", async () => {
        const { stdout } = await run(["attach", "--help"]);
        const options = "engine wine-prefix config pool-size strategy layers log json detach quiet";
        for (const option of options.split(" ")) {
            assert.match(stdout, new RegExp(`--${option}\\b`));
        }
    });

    it("--help and --version print JSON with --json", async () => {
        assert.match((JSON.parse((await run(["--version", "--json"])).stdout) as { version: string }).version, /^\d/);
        assert.match((JSON.parse((await run(["--help", "--json"])).stdout) as { help: string }).help, /poolnv attach/);
    });
});

describe("attach", () => {
    it("poolnv attach passes on a pid as a number, a name as text, and the options", async () => {
        assert.equal((await run(["attach", "0042", "--detach"])).calls[0]?.target, 42);
        const options = ["--pool-size", "64", "--strategy", "bump", "--layers", "crt", "--engine", "python"];
        const { calls } = await run(["attach", "FalloutNV", "--detach", "--wine-prefix", "/p", ...options]);
        const { onProgress, ...given } = calls[0]?.options ?? {};
        assert.equal(calls[0]?.target, "FalloutNV");
        assert.equal(typeof onProgress, "function");
        assert.deepEqual(given, {
            engine: "python",
            winePrefix: "/p",
            poolSizeMb: 64,
            strategy: "bump",
            layers: ["crt"],
        });
    });

    it("poolnv attach --log keeps a Windows path and makes any other absolute", async () => {
        const logOf = async (log: string) => (await run(["attach", "x", "--detach", "--log", log])).calls[0]?.options;
        assert.equal((await logOf("C:\\a\\b.log"))?.logFile, "C:\\a\\b.log");
        assert.equal((await logOf("b.log"))?.logFile, path.resolve("b.log"));
    });

    it("poolnv attach prints what was installed and why the pool is smaller", async () => {
        const { code, stdout, stderr, transport } = await run(["attach", "x", "--detach"]);
        assert.equal(code, 0);
        assert.match(stdout, /^FalloutNV\.exe \(pid 4711\) has its pool\.\n/);
        assert.match(stdout, /wine, frida 17\.22\.2/);
        assert.match(stdout, /1024 MB, recycle, layers: crt/);
        assert.match(stdout, /malloc, free and realloc in msvcrt\.dll/);
        assert.match(stdout, /12\.3 ms/);
        assert.match(stdout, /C:\\logs\\pool\.log/);
        assert.match(stderr, /smaller than asked for: the largest hole is 1100 MB/);
        assert.equal(transport.closed, 1);
    });

    it("poolnv attach --json --detach prints the install as one document", async () => {
        const document = JSON.parse((await run(["attach", "x", "--detach", "--json"])).stdout) as object;
        assert.deepEqual(document, {
            program: "FalloutNV.exe",
            pid: 4711,
            platform: "windows",
            arch: "ia32",
            engine: { kind: "wine", version: "17.22.2" },
            strategy: "recycle",
            layers: ["crt"],
            pool_size: 1_073_741_824,
            requested_size: 1_610_612_736,
            step_down: "the largest hole is 1100 MB",
            already_installed: false,
            runtimes: [{ module: "msvcrt.dll", functions: ["malloc", "free", "realloc"] }],
            patches: 0,
            stalled_ms: 12.34,
            log_file: "C:\\logs\\pool.log",
        });
    });

    it("poolnv attach runs the commands on standard input and continues after a wrong line", async () => {
        const input = "getmemorypoolusage ; now\n\n; a comment\nfrobnicate\nSetMemoryPoolActive 0\n";
        const { code, stdout, stderr } = await run(["attach", "x"], { input });
        assert.equal(code, 2);
        assert.match(stdout, /GetMemoryPoolUsage >> 487\.23\nSetMemoryPoolActive >> 0\n$/);
        assert.match(stderr, /"frobnicate" is not a console command/);
    });

    it("poolnv attach --json collects the results of standard input in one document", async () => {
        const input = "GetMemoryPoolUsage\nfrobnicate\nGetMemoryPoolStats\n";
        const { code, stdout, stderr } = await run(["attach", "x", "--json", "--quiet"], { input });
        const { pid, results } = JSON.parse(stdout) as { pid: number; results: { error?: { code: string } }[] };
        assert.equal(code, 2);
        assert.equal(pid, 4711);
        assert.deepEqual(results[0], { command: "GetMemoryPoolUsage", value: 487.23 });
        assert.equal(results[1]?.error?.code, "USAGE");
        assert.deepEqual(results[2], { command: "GetMemoryPoolStats", value: 45782, statistics });
        assert.match(stderr, /smaller/);
    });
});

describe("launch", () => {
    it("poolnv launch passes arguments after -- to the program unchanged", async () => {
        const argv = ["launch", "--detach", "--", "./game", "--help", "-x", "007", "--json", "--", "a=b"];
        const { calls, stdout } = await run(argv);
        assert.equal(calls[0]?.target, "./game");
        assert.deepEqual(calls[0]?.args, ["--help", "-x", "007", "--json", "--", "a=b"]);
        assert.equal(calls[0]?.options?.programOutputToStderr, false);
        assert.match(stdout, /has its pool/);
    });

    it("poolnv launch --json keeps the program's output out of the document", async () => {
        const { calls, stdout } = await run(["launch", "--json", "--detach", "game", "arg"]);
        assert.deepEqual(calls[0]?.args, ["arg"]);
        assert.equal(calls[0]?.options?.programOutputToStderr, true);
        assert.equal((JSON.parse(stdout) as { pid: number }).pid, 4711);
    });
});

describe("exec", () => {
    it("poolnv exec prints as the game's console does", async () => {
        const { code, stdout, calls, transport } = await run(["exec", "x", "isMemoryPoolActive"]);
        assert.equal(code, 0);
        assert.equal(stdout, "IsMemoryPoolActive >> 1\n");
        assert.deepEqual(
            calls.map((call) => call.name),
            ["connect"],
        );
        assert.equal(transport.closed, 1);
    });

    it("poolnv exec takes a command as one argument or several", async () => {
        assert.equal((await run(["exec", "x", "SetMemoryPoolActive", "0"])).stdout, "SetMemoryPoolActive >> 0\n");
        assert.equal((await run(["exec", "x", "SetMemoryPoolActive 0"])).stdout, "SetMemoryPoolActive >> 0\n");
    });

    it("poolnv exec GetMemoryPoolStats --json prints the contract's object", async () => {
        const { stdout } = await run(["exec", "x", "GetMemoryPoolStats", "--json"]);
        assert.deepEqual(JSON.parse(stdout), statistics);
    });

    it("poolnv exec --json prints other commands as command and value", async () => {
        const document = async (command: string) =>
            JSON.parse((await run(["exec", "x", command, "--json"])).stdout) as object;
        assert.deepEqual(await document("getmemorypoolusage"), { command: "GetMemoryPoolUsage", value: 487.23 });
        assert.deepEqual(await document("GetMemoryPoolHistogram"), {
            command: "GetMemoryPoolHistogram",
            value: 2,
            histogram: statistics.histogram,
        });
    });
});

describe("setup", () => {
    it("poolnv setup prints the ready engines as text and as JSON", async () => {
        const person = await run(["setup"]);
        assert.equal(person.stdout, "Engine python is ready: frida 17.26.2, /somewhere\n");
        assert.equal(person.stderr, "preparing\n");
        const script = await run(["setup", "--json", "--quiet", "--engine", "python"]);
        assert.equal(script.stderr, "");
        assert.equal(script.calls[0]?.target, "python");
        assert.deepEqual(JSON.parse(script.stdout), {
            engines: [{ engine: "python", path: "/somewhere", version: "17.26.2", changed: true }],
        });
    });
});

describe("errors", () => {
    const refuse = async () => {
        throw new UserError("NO_POOL", "game.exe\nhas no pool.", "Install one.");
    };
    const fault = async () => {
        throw new TypeError("broken");
    };

    it("a UserError prints two lines and exits with the contract's code", async () => {
        const { code, stdout, stderr } = await run(["exec", "x", "IsMemoryPoolActive"], {
            services: { connect: refuse },
        });
        assert.equal(code, 5);
        assert.equal(stdout, "");
        assert.equal(stderr, "error: game.exe has no pool.\n  Install one.\n");
    });

    it("a UserError prints one document with --json", async () => {
        const argv = ["exec", "x", "IsMemoryPoolActive", "--json"];
        const { code, stdout, stderr } = await run(argv, { services: { connect: refuse } });
        assert.equal(code, 5);
        assert.equal(stderr, "");
        assert.deepEqual(JSON.parse(stdout), {
            error: { code: "NO_POOL", message: "game.exe has no pool.", resolution: "Install one." },
        });
    });

    it("a fault asks for a bug report and prints its stack only with POOLNV_DEBUG=1", async () => {
        const argv = ["exec", "x", "IsMemoryPoolActive"];
        const plain = await run(argv, { services: { connect: fault } });
        assert.equal(plain.code, 1);
        assert.match(plain.stderr, /^error: TypeError: broken\n {2}This is a bug .+ report .+\n$/);
        const debug = await run([...argv, "--json"], { services: { connect: fault }, env: { POOLNV_DEBUG: "1" } });
        assert.match(debug.stderr, /TypeError: broken\n {4}at /);
        assert.equal((JSON.parse(debug.stdout) as { error: { code: string } }).error.code, "FAULT");
    });
});
