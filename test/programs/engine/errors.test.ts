import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { attachEngine } from "../../../host/client/attach-engine.js";
import { translateErrors } from "../../../host/client/translate-errors.js";
import { UserError } from "../../../host/errors.js";
import { readEnvironments } from "../../fixtures/prepare/environments.js";
import { describeTarget } from "../../fixtures/support/describe-target.js";
import { fridaTexts } from "../../fixtures/support/frida-texts.js";
import { preparedPython } from "../../fixtures/support/python.js";
import { stopProgram } from "../../fixtures/support/stop-program.js";
import { type Target, whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import { sessionAgent } from "./agents.js";
import { engineCases, open, pidFor } from "./engine-case.js";

/** The texts that the table is tested with are those of the packages that `poolnv setup` pins. */
describe("the texts of Frida", { skip: whyNot("linux-x64") ?? whyNot("win32-msvcrt") ?? false }, () => {
    for (const system of ["linux", "windows"] as const) {
        it(`the package of Frida for ${system} holds each text that the table is tested with`, () => {
            const library = readFileSync(system === "linux" ? libraryOnLinux() : libraryOnWindows());
            const own = fridaTexts.filter((text) => text.system === system && text.from === undefined);
            assert.deepEqual(
                own.map(({ format }) => format).filter((format) => !library.includes(format)),
                [],
            );
        });
    }
});

for (const engineCase of engineCases) {
    const subject = `the ${engineCase.kind} engine on a ${engineCase.target} program`;
    const suite = (target: () => Target): void => {
        it(`${subject}: a program that is closed in the middle of a request has ended, exit code 3`, async () => {
            const engine = await open(engineCase);
            const victim = await Victim.start(target());
            try {
                const session = await engine.attach(await pidFor(engineCase, victim), sessionAgent);
                await stopProgram(victim.pid);
                const request = translateErrors(() => session.request("echo", "is anybody there"));
                void pause(200).then(() => victim.kill());
                await assert.rejects(request, { name: "UserError", code: "TARGET_GONE" });
            } finally {
                engine.close();
                victim.kill();
            }
        });

        it(`${subject}: a program that is closed at any moment of an attach is no fault of poolnv`, async () => {
            const engine = await open(engineCase);
            try {
                for (const afterMs of [0, 4, 8, 12, 20, 28, 44, 60, 70, 80, 120, 140]) {
                    const victim = await Victim.start(target());
                    const pid = await pidFor(engineCase, victim);
                    void pause(afterMs).then(() => victim.kill());
                    const error = await translateErrors(() => attachEngine(engine, pid)).catch(
                        (reason: unknown) => reason,
                    );
                    victim.kill();
                    if (!(error instanceof Error)) continue; // attached before
                    const codes = ["TARGET_GONE", "NO_SUCH_PROCESS"];
                    assert.ok(
                        error instanceof UserError && codes.includes(error.code),
                        `after ${afterMs} ms: ${error}`,
                    );
                }
            } finally {
                engine.close();
            }
        });
    };
    describeTarget(engineCase.target, subject, suite, engineCase.missing);
}

function libraryOnLinux(): string {
    const script = "import frida._frida as library; print(library.__file__)";
    return execFileSync(preparedPython(), ["-c", script], { encoding: "utf8" }).trim();
}

function libraryOnWindows(): string {
    const { wine } = readEnvironments();
    assert.ok(wine.ready);
    return join(wine.windowsPython, "lib/site-packages/frida/_frida.pyd");
}
