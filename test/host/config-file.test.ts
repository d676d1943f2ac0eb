import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";

import { parseConfig, readConfigFile, readPoolOptions } from "../../host/config/config-file.js";
import { UserError } from "../../host/errors.js";
import { run } from "./command-runner.js";

describe("a configuration file", () => {
    it("may hold every setting, in a section or not, with comments and either line end", () => {
        const text =
            "\uFEFF; a comment\r\n# another\r\nengine = Wine-free\r\n".replace("Wine-free", "python") +
            "[Pool]\r\nPool_Size_MB = 512 ; half a GB\nstrategy=bump\nlayers = crt\n" +
            'log = "C:\\\\logs\\\\a;b.log"\nwine_prefix = /home/me/.wine\n\n';
        assert.deepEqual(parseConfig(text, "pool.ini"), {
            engine: "python",
            pool_size_mb: 512,
            strategy: "bump",
            layers: ["crt"],
            log: "C:\\logs\\a;b.log",
            wine_prefix: "/home/me/.wine",
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
        ["a repeated setting", "log = a\r\nlog = b\r\n", /^pool\.ini:2: log is set a second time/],
        ["a line", "; x\nwhat is this\n", /^pool\.ini:2: "what is this" is not of the form key = value/],
        ["a missing key", "= 5", /^pool\.ini:1: "= 5" is not of the form/],
        ["an empty value", "log =", /^pool\.ini:1: log is "", but must name a file/],
        ["a word that INI parsers turn into something else", "engine = true", /^pool\.ini:1: engine is "true", but/],
    ];
    for (const [name, text, message] of wrong) {
        it(`with ${name} that is wrong is refused with its line`, () => {
            assert.throws(
                () => parseConfig(text, "pool.ini"),
                (error: UserError) => error.code === "BAD_CONFIG" && message.test(error.message),
            );
        });
    }
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

    it("wins over defaults, and options win over it", async () => {
        const { calls } = await run(["attach", "x", "--detach", "--config", file, "--pool-size", "128"]);
        assert.equal(calls[0]?.options?.poolSizeMb, 128);
        assert.equal(calls[0]?.options?.strategy, "bump");
        assert.equal(calls[0]?.options?.engine, undefined);
    });

    it("starts relative paths at the file's own folder", async () => {
        assert.equal((await readConfigFile(file)).log, path.join(folder, "pool.log"));
        assert.equal((await readPoolOptions(file)).logFile, path.join(folder, "pool.log"));
    });

    it("must be readable", async () => {
        const { code, stdout } = await run(["attach", "x", "--json", "--config", path.join(folder, "none.ini")]);
        assert.equal(code, 2);
        assert.equal((JSON.parse(stdout) as { error: { code: string } }).error.code, "BAD_CONFIG");
        assert.match((await run(["attach", "x", "--config", folder])).stderr, /cannot be read/);
    });
});
