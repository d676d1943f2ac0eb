import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { windowsPath } from "../../../host/process/wine.js";
import { whyNot } from "../../fixtures/support/targets.js";
import { nodeOnWindows, whyNoWindowsHost } from "../../fixtures/support/windows-host.js";
import { buildPrograms } from "../../windows/build-programs.js";

const missing = whyNoWindowsHost() ?? whyNot("win32-msvcrt") ?? whyNot("win32-ucrt");

interface Report {
    results: { check: string; outcome: string; detail: string }[];
}

/** What the workflow runs on Windows, with the engine that there is under Wine. */
describe("the check on Windows, under Wine", { skip: missing ?? false }, () => {
    let folder: string;

    before(async () => {
        folder = mkdtempSync(join(tmpdir(), "poolnv-windows-job-"));
        await buildPrograms(folder);
    });
    after(() => rmSync(folder, { recursive: true }));

    const script = fileURLToPath(new URL("../../windows/check-windows.js", import.meta.url));
    const run = (programs: string, engines: string) => {
        const report = join(folder, "report.json");
        const args = [windowsPath(script), windowsPath(programs), windowsPath(report), "--engines", engines];
        return nodeOnWindows(args, { timeout: 600_000 }).then((done) => ({
            ...done,
            report: JSON.parse(readFileSync(report, "utf8")) as Report,
        }));
    };

    it("check on Windows: attach, and launch before _putenv, pass with the Python engine", async () => {
        const { code, stdout, stderr, report } = await run(folder, "python");
        assert.equal(code, 0, stdout + stderr);
        assert.deepEqual(
            report.results.map(({ check, outcome }) => `${check}: ${outcome}`),
            [
                "python: setup: passed",
                "python: attach to the stand-in: passed",
                "python: launch of environment-msvcrt.exe, then _putenv: passed",
                "python: launch of environment-ucrt.exe, then _putenv: passed",
            ],
        );
    });

    it("check on Windows: a program that is not there fails, and the report says so", async () => {
        const { code, report } = await run(join(folder, "nothing"), "python");
        assert.equal(code, 1);
        const [setup, ...others] = report.results;
        assert.equal(setup!.outcome, "passed");
        assert.deepEqual(new Set(others.map(({ outcome }) => outcome)), new Set(["failed"]));
        assert.match(others.at(-1)!.detail, /there is no program/);
    });
});
