import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { pack, type Packed, root } from "./packed.js";

describe("the package", () => {
    const folder = scratchFolder();
    let packed: Packed;

    before(async () => {
        packed = await pack(folder);
    });

    it("is below 3 MB, packed and unpacked", () => {
        const limit = 3_000_000;
        assert.ok(packed.size < limit, `${packed.size} bytes packed`);
        assert.ok(packed.unpackedSize < limit, `${packed.unpackedSize} bytes unpacked`);
    });

    it("has the command line, the agents, the worker, the interface with its types, the documents for users", () => {
        for (const path of [
            "LICENSE",
            "README.md",
            "CHANGELOG.md",
            "dist/agent/installer.js",
            "dist/agent/worker.js",
            "dist/host/bin.js",
            "dist/bundle/LICENCES.txt",
            "dist/bundle/run.js",
            "dist/bundle/index.js",
            "dist/host/frida/worker/binding/main.js",
            "dist/host/loadtest/scenario/own-package.js",
            "dist/host/index.d.ts",
            "dist/host/loadtest/index.d.ts",
            "dist/host/monitor/index.d.ts",
            "dist/host/game/saves/index.d.ts",
            "dist/host/frida/worker/python/__main__.py",
            "dist/host/monitor/outputs/web/page/page.html",
            "dist/host/monitor/outputs/web/page/page.bundle.js",
            "dist/host/loadtest/report/page/page.bundle.js",
            "host/demo/demo-target.c",
            "host/demo/demo-target.py",
        ]) {
            assert.ok(packed.paths.includes(path), `${path} is not in it`);
        }
    });

    it("has every document and picture that README leads to", () => {
        const readme = readFileSync(join(root, "README.md"), "utf8");
        const linked = [...readme.matchAll(/\]\((docs\/[^)#]+)/g)].map(([, path]) => path!);
        assert.ok(linked.includes("docs/troubleshooting.md"), linked.join());
        for (const path of linked) assert.ok(packed.paths.includes(path), `${path} is not in it`);
    });

    it("has no sources, maps, tests, or leavings of the build", () => {
        const strays = packed.paths.filter(
            (path) =>
                /(^|\/)(test|node_modules|__pycache__|\.[^/]+)\//.test(path) ||
                /(?<!\.d)\.ts$|\.map$|\.tsbuildinfo$|\.tgz$|\.pyc$/.test(path) ||
                (/\.[ch]$/.test(path) && path !== "host/demo/demo-target.c"), // which the demo compiles
        );
        assert.deepEqual(strays, []);
    });

    it("has nothing whose source has gone", () => {
        const strays = packed.paths.filter((path) => {
            const name = /^dist\/(.+?)(?:\.d\.ts|\.js)$/.exec(path)?.[1]?.replace(/\/page\.bundle$/, "/main");
            const sources = [".ts", ".js", "/index.ts"]; // the last is that of an agent
            if (path.startsWith("dist/bundle/")) return false; // emptied by each build
            return name !== undefined && !sources.some((end) => existsSync(join(root, name + end)));
        });
        assert.deepEqual(strays, []);
    });

    it("names no registry and no path of the machine that built it", () => {
        for (const path of packed.paths.filter((each) => /\.(js|d\.ts|json|py|md)$/.test(each))) {
            assert.doesNotMatch(
                readFileSync(join(root, path), "utf8"),
                /registry\.npmjs|file:\/\/\/(home|root|work)\//,
                path,
            );
        }
    });
});
