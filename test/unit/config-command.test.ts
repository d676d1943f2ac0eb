import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { EOL, tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { writeTemplate } from "../../host/config/template.js";
import { run } from "./command-runner.js";

interface SettingsDocument {
    file: string | null;
    settings: Record<string, { section: string; value: unknown; unit: string; origin: string; place: string }>;
}

describe("config", () => {
    let folder: string;
    let file: string;
    before(async () => {
        folder = await mkdtemp(path.join(tmpdir(), "poolnv-test-"));
        file = path.join(folder, "some.ini");
        await writeFile(file, "\npool_size_mb = 512\ntrim_idle_s = 60\n[groups]\nsmall_mb = 100\n");
    });
    after(() => rm(folder, { recursive: true }));

    it("poolnv config prints every setting with its origin", async () => {
        const { code, stdout, stderr, calls } = await run(["config", "--config", file, "--pool-size", "640"]);
        assert.equal(code, 0);
        assert.match(stdout, /^\[pool\]\npool_size_mb +640 MB +--pool-size\n/);
        assert.match(stdout, /^strategy +recycle +default$/m);
        assert.match(stdout, new RegExp(`^trim_idle_s +60 seconds +${file}:3$`, "m"));
        assert.match(stdout, new RegExp(`^\\[groups\\]\\nsmall_mb +100 MB +${file}:5$`, "m"));
        assert.match(stdout, /^wine_prefix +\(the program's own\) +default$/m);
        assert.equal(stderr, `settings from ${file}\n`);
        assert.deepEqual(calls, []);
    });

    it("poolnv config --json prints every setting with its origin", async () => {
        const { stdout } = await run(["config", "--json", "--quiet", "--config", file, "--strategy", "bump"]);
        const { file: from, settings } = JSON.parse(stdout) as SettingsDocument;
        assert.equal(from, file);
        assert.deepEqual(settings["small_mb"], {
            section: "groups",
            value: 100,
            unit: "MB",
            origin: "file",
            place: `${file}:5`,
        });
        assert.equal(settings["strategy"]?.place, "--strategy");
        assert.deepEqual([settings["layers"]?.value, settings["layers"]?.origin], [["crt", "gameheap"], "default"]);
        assert.equal(settings["log"]?.value, null);
        assert.equal((JSON.parse((await run(["config", "--json"])).stdout) as SettingsDocument).file, null);
    });

    it("poolnv config reports a conflict of a file with an option", async () => {
        const { code, stderr } = await run(["config", "--config", file, "--pool-size", "64"]);
        assert.equal(code, 2);
        assert.match(stderr, /some\.ini:5: the groups add up to 100 MB, more than the pool of 64 MB \(--pool-size\)/);
    });

    it("poolnv config --init writes a file, prints its path and overwrites only with --force", async () => {
        const written = path.join(folder, "new.ini");
        assert.equal((await run(["config", "--init", written])).stdout, `Wrote ${written}\n`);
        assert.equal(await readFile(written, "utf8"), writeTemplate().replaceAll("\n", EOL));
        await writeFile(written, "mine");
        const refused = await run(["config", "--json", "--init", written]);
        assert.equal(refused.code, 2);
        const { error } = JSON.parse(refused.stdout) as { error: { code: string; resolution: string } };
        assert.equal(error.code, "FILE_EXISTS");
        assert.match(error.resolution, /--force/);
        assert.equal(await readFile(written, "utf8"), "mine");
        const forced = await run(["config", "--json", "--init", written, "--force"]);
        assert.deepEqual(JSON.parse(forced.stdout), { written });
        assert.notEqual(await readFile(written, "utf8"), "mine");
    });

    it("poolnv config --init reports why a file can't be written", async () => {
        const { code, stderr } = await run(["config", "--init", path.join(folder, "none", "new.ini")]);
        assert.equal(code, 2);
        assert.match(stderr, /^error: .*none.*can't be written.*\n {2}Name a file in a folder that exists/);
        assert.match((await run(["config", "--init", folder, "--force"])).stderr, /can't be written/);
    });

    it("poolnv config refuses options that contradict each other", async () => {
        const init = ["config", "--init", path.join(folder, "other.ini")];
        assert.match((await run(["config", "--force"])).stderr, /--init, which is not given\.\n {2}Add: --init/);
        assert.match(
            (await run([...init, "--pool-size", "64"])).stderr,
            /--init writes the defaults and does not use --pool-size/,
        );
        assert.match((await run([...init, "--init", "b"])).stderr, /--init was given more than once/);
        await assert.rejects(readFile(path.join(folder, "other.ini")));
    });
});
