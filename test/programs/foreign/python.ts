import { fileURLToPath } from "node:url";
import { readEnvironments } from "../../fixtures/prepare/environments.js";
import { type ForeignProgram, ownExitCode } from "./foreign-program.js";

const work = fileURLToPath(new URL("../../../../test/programs/foreign/work/computation.py", import.meta.url));

/** Python sends its small objects to malloc, too, where it is told to. */
const everythingFromMalloc = { PYTHONMALLOC: "malloc", PYTHONDONTWRITEBYTECODE: "1" };

/** The Python that poolnv's own environment is made with. */
export function python(): ForeignProgram {
    const { python } = readEnvironments();
    return {
        name: "python3",
        missing: python.ready ? null : `${python.reason} (${python.resolution})`,
        exitCode: ownExitCode,
        env: everythingFromMalloc,
        starter: [],
        command: (output) => [python.ready ? python.python : "", work, output],
    };
}

/** 32-bit Windows Python under Wine. */
export function windowsPython(): ForeignProgram {
    const { wine } = readEnvironments();
    const facts = wine.ready ? wine : { wine: "", prefix: "", windowsPython: "" };
    return {
        name: "32-bit Windows Python",
        missing: wine.ready ? null : `${wine.reason} (${wine.resolution})`,
        exitCode: ownExitCode,
        env: { ...everythingFromMalloc, POOLNV_WINE: facts.wine, WINEPREFIX: facts.prefix, WINEDEBUG: "-all" },
        starter: [facts.wine],
        command: (output) => [`${facts.windowsPython}/python.exe`, windowsPath(work), windowsPath(output)],
    };
}

function windowsPath(path: string): string {
    return `Z:${path.replaceAll("/", "\\")}`;
}
