import { readFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { UserError } from "../../host/errors.js";
import { testFolder } from "./test-folder.js";

/** What the preparation found or made, by environment. Tests skip what is not ready and print the reason. */
export interface Environments {
    /** The private Python with the Linux (macOS, Windows) wheel. */
    python: Ready<{ python: string }> | Unready;
    /** Programs of this system's own kind, compiled by its own compiler. */
    native: Ready<{ compiler: string }> | Unready;
    /** 32-bit Linux programs, and Frida attaching to them. */
    linuxI386: Ready<{ loader: string; libraries: string; wrapper: string[] }> | Unready;
    /** 32-bit Linux programs of the system's own compiler, with its sanitizers. */
    sanitizersI386: Ready<{ options: string[] }> | Unready;
    /** Windows programs that use `msvcrt.dll`. */
    win32Msvcrt: Ready<{ compiler: string }> | Unready;
    /** Windows programs that use the universal C runtime. */
    win32Ucrt: Ready<{ compiler: string }> | Unready;
    /** A Wine with a prefix of the tests' own, and Windows Python with the win32 wheel. */
    wine: Ready<{ wine: string; prefix: string; windowsPython: string }> | Unready;
    /** A Linux Python with its own regression tests. */
    debianPython: Ready<{ python: string; home: string }> | Unready;
    /** A server of the Redis family that uses the C library's malloc. */
    valkey: Ready<{ server: string }> | Unready;
    /** A browser without a window. */
    chromium: Ready<{ program: string; env: Readonly<Record<string, string>> }> | Unready;
}

export type EnvironmentName = keyof Environments;
export type Ready<Facts> = { ready: true } & Facts;

export interface Unready {
    ready: false;
    reason: string;
    /** What a person can do about it. */
    remedy: string;
}

/**
 * What the last preparation wrote.
 *
 * @throws UserError SETUP_FAILED when there has been none
 */
export function readEnvironments(): Environments {
    try {
        const written = JSON.parse(readFileSync(file(), "utf8")) as Partial<Environments>;
        return { ...notYetKnown, ...written } as Environments;
    } catch (cause) {
        const message = "the test environments have not been prepared";
        throw new UserError("SETUP_FAILED", message, "run: npm run pretest", { cause });
    }
}

/** What a preparation of an earlier version of this did not know. */
const unknown: Unready = {
    ready: false,
    reason: "the last preparation was that of another version",
    remedy: "run: npm run pretest",
};

const notYetKnown: Partial<Environments> = {
    debianPython: unknown,
    valkey: unknown,
    sanitizersI386: unknown,
    chromium: unknown,
};

/** Writes the whole file or nothing. */
export async function writeEnvironments(environments: Environments): Promise<void> {
    await mkdir(testFolder(), { recursive: true });
    await writeFile(`${file()}.partial`, JSON.stringify(environments, null, 4) + "\n");
    await rename(`${file()}.partial`, file());
}

function file(): string {
    return testFolder("environments.json");
}
