import { describe, it } from "node:test";
import { whyNot } from "../../fixtures/support/targets.js";
import { poolnvOnWindows, whyNoWindowsHost } from "../../fixtures/support/windows-host.js";
import { startWindowsVictim } from "../../fixtures/support/windows-victim.js";
import {
    askAndCheckThatNothingComes,
    attachAndCheckWhatIsLeft,
    checkThatItGoesOn,
    describeLeft,
    limitsUnderWine,
} from "../../safety/after-frida/check-left.js";

/** Also with the handle that holds the mailbox file. */
describe(
    "a Windows program after an installation by a host on Windows",
    { skip: whyNoWindowsHost() ?? whyNot("win32-msvcrt") ?? false },
    () => {
        const host = startWindowsVictim();

        it("Windows host: 5 s after attach --detach one thread of our own is left and nothing of Frida's", async (test) => {
            const { victim, target } = host;
            const reach = { run: (args: string[]) => poolnvOnWindows(args), name: target.processName };
            test.diagnostic(describeLeft(await attachAndCheckWhatIsLeft(victim, reach, limitsUnderWine)));
            await askAndCheckThatNothingComes(victim, reach);
            await checkThatItGoesOn(victim);
        });
    },
);
