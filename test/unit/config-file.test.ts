import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { parseConfig, readConfigFile } from "../../host/config/config-file.js";
import type { Settings } from "../../host/config/settings.js";
import { joinSettings } from "../../host/config/settings-in-force.js";
import { readPoolOptions } from "../../host/config/to-pool-options.js";
import { UserError } from "../../host/errors.js";
import { run } from "./command-runner.js";

describe("a configuration file", () => {
    it("a configuration file accepts every setting, with or without a section, comments and both line ends", () => {
        const text =
            "\uFEFF; a comment\r\n# another\r\nengine = Wine-free\r\n".replace("Wine-free", "python") +
            "[Pool]\r\nPool_Size_MB = 512 ; half a GB\nstrategy=bump\nlayers = crt\n" +
            'log = "C:\\\\logs\\\\a;b.log"\nwine_prefix = /home/me/.wine\n\n';
        assert.deepEqual(parseConfig(text, "pool.ini").settings, {
            engine: "python",
            pool_size_mb: 512,
            strategy: "bump",
            layers: ["crt"],
            log: "C:\\logs\\a;b.log",
            wine_prefix: "/home/me/.wine",
        });
    });

    it("a configuration file accepts tuning and groups in any order of the sections", () => {
        const text =
            "[groups] ; MB\nsmall_mb = 100\nhuge_mb = 0\n[pool]\nquarantine_mb=32\nprefault_mb=64\n" +
            " [ Groups ]\nlarge_mb = 7\n[pool]\ntrim_idle_s = 60\n";
        const { settings, lines } = parseConfig(text, "pool.ini");
        assert.deepEqual(settings, {
            small_mb: 100,
            huge_mb: 0,
            quarantine_mb: 32,
            prefault_mb: 64,
            large_mb: 7,
            trim_idle_s: 60,
        });
        assert.deepEqual(lines, {
            small_mb: 2,
            huge_mb: 3,
            quarantine_mb: 5,
            prefault_mb: 6,
            large_mb: 8,
            trim_idle_s: 10,
        });
    });

    const wrong: [string, string, RegExp][] = [
        ["a value", "[pool]\n\npool_size_mb = 2000\n", /^pool\.ini:3: pool_size_mb is "2000", but must be .*1\.5 GB/],
        [
            "a setting",
            "strategy = bump\nstratgy = bump\n",
            /^pool\.ini:2: there is no setting "stratgy"; did you mean strategy\?/,
        ],
        ["a section", "\n[game]\n", /^pool\.ini:2: there is no section \[game\]/],
        ["a mistyped section", "[gruops]", /^pool\.ini:1: there is no section \[gruops\]; did you mean \[groups\]\?/],
        ["a section within a section", "[groups.small]", /^pool\.ini:1: there is no section \[groups\.small\]/],
        [
            "a group of the pool",
            "[pool]\nsmall_mb = 5",
            /^pool\.ini:2: small_mb belongs below .*\[groups\], not below \[pool\]/,
        ],
        ["a group of nothing", "small_mb = 5", /^pool\.ini:1: small_mb belongs below the heading \[groups\]\.$/],
        [
            "a setting of the pool among groups",
            "[groups]\nlog = a",
            /^pool\.ini:2: log belongs below .*\[pool\], not below/,
        ],
        [
            "a fraction",
            "quarantine_mb = 1.5",
            /^pool\.ini:1: quarantine_mb is "1\.5", but must be a whole number of MB from 0 to 512/,
        ],
        ["too long a rest", "quarantine_mb = 513", /a whole number of MB from 0 to 512\.$/],
        ["a negative number", "prefault_mb = -1", /a whole number of MB from 0 to 1536\.$/],
        [
            "a time that is no number",
            "trim_idle_s = 5 min",
            /"5 min", but must be a whole number of seconds from 0 to 86400\.$/,
        ],
        ["a time that is too long", "trim_idle_s = 86401", /from 0 to 86400\.$/],
        [
            "a group that is too large",
            "[groups]\nhuge_mb = 99999999999999999999",
            /^pool\.ini:2: huge_mb is .* from 0 to 1536\.$/,
        ],
        ["a repeated setting", "log = a\r\nlog = b\r\n", /^pool\.ini:2: log is set twice; line 1 sets it/],
        ["a Windows path between quotes", 'log = "C:\\games\\pool.log"', /between quotes \\ is written \\\\/],
        [
            "one that turns into something else",
            'log = "C:\\new\\table.log"',
            /without control characters; between quotes/,
        ],
        ["a name that objects have", "__proto__ = 5", /^pool\.ini:1: there is no setting "__proto__"/],
        ["another such name", "[constructor]", /^pool\.ini:1: there is no section \[constructor\]/],
        ["a line", "; x\nwhat is this\n", /^pool\.ini:2: "what is this" is not of the form key = value/],
        ["a missing key", "= 5", /^pool\.ini:1: "= 5" is not of the form/],
        ["an empty value", "log =", /^pool\.ini:1: log is "", but must name a file/],
        ["a word that INI parsers turn into something else", "engine = true", /^pool\.ini:1: engine is "true", but/],
    ];
    for (const [name, text, message] of wrong) {
        it(`a configuration file with a mistake (${name}) is refused with its line`, () => {
            assert.throws(
                () => parseConfig(text, "pool.ini"),
                (error: UserError) =>
                    error.code === "BAD_CONFIG" && message.test(error.message) && error.resolution !== "",
            );
        });
    }

    it("an error about a configuration file shows no control characters and no long text", () => {
        assert.throws(
            () => parseConfig(`\u001b[2J\u0007${"x".repeat(100_000)}\n`, "pool.ini"),
            ({ message }: UserError) => message.length < 200 && !/\p{Cc}/u.test(message),
        );
    });
});

describe("conflicting settings", () => {
    const wrong: [string, string, Settings, RegExp][] = [
        [
            "a part made ready that is larger than the pool",
            "prefault_mb = 900\npool_size_mb = 512\n",
            {},
            /^pool\.ini:1: prefault_mb is 900, more than the pool of 512 MB \(line 2\)\.$/,
        ],
        [
            "the same with the pool's size given as an option",
            "prefault_mb = 65\npool_size_mb = 512\n",
            { pool_size_mb: 64 },
            /^pool\.ini:1: prefault_mb is 65, more than the pool of 64 MB \(--pool-size\)\.$/,
        ],
        [
            "groups that are larger than the usual pool",
            "[groups]\nhuge_mb = 1000\nsmall_mb = 537\nlarge_mb = 0\n",
            {},
            /^pool\.ini:3: the groups add up to 1537 MB, more than the pool of 1536 MB \(default\)\.$/,
        ],
    ];
    it("a setting that needs another one which is off is refused", () => {
        const wrong: [string, RegExp][] = [
            [
                "game_console = off\nprint_in_game = on\n",
                /^pool\.ini:2: print_in_game is on, but game_console, .* is off\.$/,
            ],
            ["extra_patches = on\n", /^pool\.ini:1: extra_patches is on, but the layers are crt, gameheap: [^()]*\.$/],
            ["layers = crt, scrapheap\nextra_patches = on\n", /^pool\.ini:2: extra_patches is on/],
        ];
        for (const [text, message] of wrong) {
            assert.throws(
                () => joinSettings(parseConfig(text, "pool.ini"), {}),
                (error: UserError) => error.code === "BAD_CONFIG" && message.test(error.message),
            );
        }
        const right = "layers = crt, gameheap, scrapheap\nextra_patches = on\nprint_in_game = on\n";
        assert.equal(joinSettings(parseConfig(right, "pool.ini"), {}).settings.extra_patches, "on");
    });

    for (const [name, text, options, message] of wrong) {
        it(`conflicting settings are refused with the line: ${name}`, () => {
            assert.throws(
                () => joinSettings(parseConfig(text, "pool.ini"), options),
                (error: UserError) =>
                    error.code === "BAD_CONFIG" && message.test(error.message) && /pool_size_mb/.test(error.resolution),
            );
        });
    }

    it("a conflict is resolved by an option that makes the pool larger", () => {
        const config = parseConfig("pool_size_mb = 64\nprefault_mb = 65\n", "pool.ini");
        assert.equal(joinSettings(config, { pool_size_mb: 128 }).settings.prefault_mb, 65);
        assert.equal(joinSettings(parseConfig("[groups]\nhuge_mb = 1536", "pool.ini"), {}).settings.huge_mb, 1536);
    });
});

describe("--config", () => {
    let folder: string;
    let file: string;
    before(async () => {
        folder = await mkdtemp(path.join(tmpdir(), "poolnv-test-"));
        file = path.join(folder, "pool.ini");
        await writeFile(file, "pool_size_mb = 64\nstrategy = bump\nlog = pool.log\n");
    });
    after(() => rm(folder, { recursive: true }));

    it("--config overrides defaults, and options override it", async () => {
        const { calls } = await run(["attach", "x", "--detach", "--config", file, "--pool-size", "128"]);
        assert.equal(calls[0]?.options?.poolSizeMb, 128);
        assert.equal(calls[0]?.options?.strategy, "bump");
        assert.equal(calls[0]?.options?.engine, undefined);
    });

    it("--config resolves relative paths from the file's folder", async () => {
        assert.equal((await readConfigFile(file)).settings.log, path.join(folder, "pool.log"));
        assert.equal((await readPoolOptions(file)).logFile, path.join(folder, "pool.log"));
    });

    it("--config with an unreadable file is refused", async () => {
        const { code, stdout } = await run(["attach", "x", "--json", "--config", path.join(folder, "none.ini")]);
        assert.equal(code, 2);
        assert.equal((JSON.parse(stdout) as { error: { code: string } }).error.code, "BAD_CONFIG");
        assert.match((await run(["attach", "x", "--config", folder])).stderr, /cannot be read/);
    });

    it("--config is named on standard error and passed to the pool's log", async () => {
        const { calls, stderr } = await run(["attach", "x", "--detach", "--config", file]);
        assert.match(stderr, new RegExp(`^settings from ${file}$`, "m"));
        assert.equal(calls[0]?.options?.settingsFile, file);
        assert.doesNotMatch((await run(["attach", "x", "--detach", "--quiet", "--config", file])).stderr, /settings/);
    });

    const noConfiguration: [string, Buffer, RegExp][] = [
        ["is too large", Buffer.alloc(1_048_577, ";"), /larger than 1 MB/],
        ["is not UTF-8", Buffer.from("log = d\xE9bug.log", "latin1"), /not UTF-8 text/],
        ["is UTF-16", Buffer.from("\uFEFFstrategy = bump", "utf16le"), /not UTF-8 text/],
        ["is a program", Buffer.from("MZ\0\u0001\n"), /not UTF-8 text/],
    ];
    for (const [name, bytes, message] of noConfiguration) {
        it(`--config with a file that ${name} is refused with a resolution`, async () => {
            const odd = path.join(folder, "odd.ini");
            await writeFile(odd, bytes);
            const { code, stderr } = await run(["attach", "x", "--config", odd]);
            assert.equal(code, 2);
            assert.match(stderr, message);
            assert.match(stderr, /\n {2}.*poolnv config --init\n$/);
        });
    }

    it("--config accepts one megabyte of comments", async () => {
        const large = path.join(folder, "large.ini");
        await writeFile(large, ";\n".repeat(524_280) + "log = a\n");
        assert.deepEqual((await readConfigFile(large)).lines, { log: 524_281 });
    });

    it("--config stops reading a file without end", { skip: !existsSync("/dev/zero") }, () =>
        assert.rejects(readConfigFile("/dev/zero"), /larger than 1 MB/),
    );

    it("--config reports junk of every kind as BAD_CONFIG", async () => {
        for (let seed = 1; seed <= 300; seed++) {
            const junk = junkOf(seed);
            try {
                parseConfig(junk, "junk.ini");
            } catch (error) {
                assert.ok(error instanceof UserError, `seed ${seed}: ${String(error)}`);
                assert.match(error.message, /^junk\.ini:\d+: /);
            }
        }
    });
});

/** Pieces of configuration files in an order that a linear congruential generator picks. */
function junkOf(seed: number): string {
    const pieces = [
        "[",
        "]",
        "=",
        '"',
        "'",
        "\\",
        ";",
        "#",
        " ",
        "\n",
        "\r",
        "pool",
        "log",
        "{}",
        "\u0000",
        "\uD800",
        "ü",
        "9",
    ];
    let state = seed;
    const next = (): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) >>> 8;
    return Array.from({ length: 200 }, () => pieces[next() % pieces.length]).join("");
}
