import { UserError, type UserErrorCode } from "../errors.js";

/**
 * Names the cause of a failed injection by the text of frida-core, for causes that can't be seen before
 * (`before-injection.ts`).
 *
 * @param message text of an error of frida-core
 * @returns null for any other text
 */
export function injectionFailure(message: string, cause: unknown): UserError | null {
    const found = failures.find(({ text }) => text.test(message));
    return found === undefined ? null : new UserError(found.code, found.cause, found.resolution, { cause });
}

interface Failure {
    readonly text: RegExp;
    readonly code: UserErrorCode;
    readonly cause: string;
    readonly resolution: string;
}

/** Texts of frida-core 17.26.2, src/linux/frida-helper-backend.vala. */
const failures: readonly Failure[] = [
    {
        text: /failure while trying to allocate memory|unable to (map|reserve memory for) agent/i,
        code: "SANDBOXED",
        cause: "the system permits the program no new executable memory",
        resolution:
            "Start it without what forbids that: MemoryDenyWriteExecute= of systemd, a sandbox, SELinux, a limit of memory.",
    },
    {
        text: /error sending message: broken pipe/i,
        code: "SANDBOXED",
        cause: "the program ended, or may not do a step of the injection (new executable memory, a system call)",
        resolution: "Start it without what forbids that: a sandbox (seccomp), MemoryDenyWriteExecute= of systemd, SELinux.",
    },
    {
        text: /auxv-not-found/i,
        code: "NO_PROC",
        cause: "the program can't open its own /proc/self/auxv",
        resolution: "Start it with a /proc in its root, and with a free file descriptor (prlimit --nofile).",
    },
    {
        text: /terminated with signal 31\b/i,
        code: "TARGET_GONE",
        cause: "the program's sandbox (seccomp) has ended it, at a step of the installation that it forbids",
        resolution: "Start it again without the sandbox, or without poolnv.",
    },
    {
        text: /timed out trying to sync up with agent/i,
        code: "NOT_ANSWERING",
        cause: "the program started no thread for poolnv",
        resolution:
            "It may start none (a sandbox, a limit of its user or control group), or the machine is very busy: try again.",
    },
];
