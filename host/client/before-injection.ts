import { readlinkSync } from "node:fs";
import { bytesPerMb } from "../../shared/bytes.js";
import type { PoolOptions } from "../config/pool-options.js";
import { UserError, type UserErrorCode } from "../errors.js";
import { countLibraries, isLinkedStatically } from "../process/c-library.js";
import { type Mapping, readMemoryMap } from "../process/memory-map.js";
import {
    freeDescriptors,
    type ProgramLimits,
    type ProgramStatus,
    readProgramLimits,
    readProgramStatus,
    seesItself,
    threadsLeftInGroups,
    threadsOfUser,
} from "../process/program-limits.js";

/**
 * What an injection takes, with a margin. Measured with frida 17.26.2: with 6 free file descriptors it fails, with 5 the
 * program ends; 6 threads stay; 64-bit programs need 420 to 640 MB of address space, most of it for the arenas of glibc's
 * malloc, and 40 to 80 MB of private writable memory.
 */
const needs = {
    files: 16,
    threads: 16,
    addressSpace: { 32: 256 * bytesPerMb, 64: 768 * bytesPerMb },
    data: 128 * bytesPerMb,
};

/**
 * Refuses a Linux program which frida-core would end, or leave half changed, if it were injected. Only reads files of
 * `/proc`. What can't be read is not refused: frida-core reports its own error then.
 *
 * @param pid of this Linux system, not of a Windows program
 * @throws UserError ACCESS_DENIED, NO_KNOWN_RUNTIME, SEVERAL_RUNTIMES, NO_PROC, SANDBOXED, PROGRAM_LIMITED
 */
export function refuseUnsuitable(pid: number, options: PoolOptions): void {
    const status = readProgramStatus(pid);
    if (status === null) return; // it has ended
    const map = readMemoryMap(pid) ?? [];
    const program: Program = {
        pid,
        status,
        map,
        bits: map.some(({ end }) => end > 2 ** 32) ? 64 : 32,
        limits: readProgramLimits(pid),
        triesSandbox: options.sandboxed === true,
    };
    for (const { code, find, resolution } of causes) {
        const found = find(program);
        if (found !== null) throw new UserError(code, `pid ${pid} ${found}`, resolution(program));
    }
}

/** A program before an injection. */
interface Program {
    readonly pid: number;
    readonly status: ProgramStatus;
    /** Empty if it can't be read. */
    readonly map: readonly Mapping[];
    readonly bits: 32 | 64;
    readonly limits: ProgramLimits | null;
    readonly triesSandbox: boolean;
}

interface Cause {
    readonly code: UserErrorCode;
    /** The cause, as a sentence whose subject is the program, or null. */
    readonly find: (program: Program) => string | null;
    readonly resolution: (program: Program) => string;
}

/** In the order in which they are searched. */
const causes: readonly Cause[] = [
    {
        code: "ACCESS_DENIED",
        find: ({ pid, status }) => {
            if (mayRead(pid)) return null;
            return status.user === process.getuid?.()
                ? "protects itself from other programs of its user"
                : `belongs to another user (user id ${status.user})`;
        },
        resolution: () => "Run poolnv as the user who owns the program, or with the rights to debug it (sudo).",
    },
    {
        code: "NO_KNOWN_RUNTIME",
        find: ({ map }) =>
            map.length > 0 && isLinkedStatically(map)
                ? "is a program without a shared C library (linked statically)"
                : null,
        resolution: () =>
            "poolnv serves programs that use the system's C library, msvcrt.dll or ucrtbase.dll; this one does not.",
    },
    {
        code: "SEVERAL_RUNTIMES",
        find: ({ map }) => {
            const count = countLibraries(map);
            return count > 1 ? `has loaded ${count} C libraries (dlmopen), each with a malloc of its own` : null;
        },
        resolution: () =>
            "Start it without what loads the other one: LD_AUDIT, or a plugin; poolnv serves a program with one.",
    },
    {
        code: "NO_PROC",
        find: ({ pid, status }) =>
            seesItself(pid, status.ownPid) === false ? "does not see its own /proc (chroot, or a pid namespace)" : null,
        resolution: () =>
            "Mount a proc file system at /proc of its root, or start it with one of its own: unshare --pid --fork --mount-proc",
    },
    {
        code: "SANDBOXED",
        find: ({ status }) => (status.seccompMode === 1 ? "runs in seccomp's strict mode" : null),
        resolution: () => "The kernel would end it at the first step of an injection. Run it without.",
    },
    {
        code: "SANDBOXED",
        find: ({ status, triesSandbox }) =>
            status.seccompMode === 2 && !triesSandbox && !sharesOurSandbox(status)
                ? "is in a sandbox (seccomp) whose rules can't be read; some end the program when poolnv is installed"
                : null,
        resolution: () =>
            "Run poolnv inside the sandbox, or start the program without it; or take the risk: --sandboxed on",
    },
    {
        code: "PROGRAM_LIMITED",
        find: ({ pid, limits }) => {
            const free = limits === null ? null : freeDescriptors(pid, limits.files);
            return free !== null && free < needs.files
                ? `has ${free} of ${limits?.files} file descriptors left, and poolnv needs ${needs.files}`
                : null;
        },
        resolution: ({ pid, limits }) => raise(pid, "nofile", (limits?.files ?? 0) + 64),
    },
    {
        code: "PROGRAM_LIMITED",
        find: ({ status, limits }) => {
            if (limits === null || limits.threads === Infinity || status.isPrivileged) return null;
            const used = threadsOfUser(status.user);
            return used + needs.threads > limits.threads
                ? `may not start the ${needs.threads} threads that poolnv needs: its user has ${used} of ${limits.threads}`
                : null;
        },
        resolution: ({ pid, status }) => raise(pid, "nproc", threadsOfUser(status.user) + 64),
    },
    {
        code: "PROGRAM_LIMITED",
        find: ({ pid }) => {
            const left = threadsLeftInGroups(pid);
            return left < needs.threads
                ? `may not start the ${needs.threads} threads that poolnv needs: its control group permits ${left} more`
                : null;
        },
        resolution: () => "Raise pids.max of its control group (systemd: TasksMax=, Docker: --pids-limit).",
    },
    {
        code: "PROGRAM_LIMITED",
        find: ({ status, limits, bits }) =>
            outOfRoom("address space", status.addressSpace, limits?.addressSpace, needs.addressSpace[bits]),
        resolution: ({ pid }) => raise(pid, "as", "unlimited"),
    },
    {
        code: "PROGRAM_LIMITED",
        find: ({ status, limits }) => outOfRoom("writable memory", status.data, limits?.data, needs.data),
        resolution: ({ pid }) => raise(pid, "data", "unlimited"),
    },
];

/** By the rule of the kernel for its memory map, too. */
function mayRead(pid: number): boolean {
    try {
        readlinkSync(`/proc/${pid}/exe`);
        return true;
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        return code !== "EACCES" && code !== "EPERM";
    }
}

/** Filters are inherited and never taken off: with as many as we have, it is in the sandbox in which frida-core works. */
function sharesOurSandbox({ seccompFilters }: ProgramStatus): boolean {
    const ours = readProgramStatus("self");
    if (ours === null || ours.seccompMode !== 2) return false;
    return seccompFilters === null || seccompFilters === ours.seccompFilters;
}

function outOfRoom(what: string, used: number, limit: number | undefined, needed: number): string | null {
    if (limit === undefined || limit - used >= needed) return null;
    return `uses ${inMb(used)} of ${inMb(limit)} of ${what} that it is permitted; poolnv itself needs ${inMb(needed)} more`;
}

function raise(pid: number, limit: string, value: number | string): string {
    return `Raise its limit, then attach again: prlimit --pid ${pid} --${limit}=${value} (if denied, as root)`;
}

function inMb(bytes: number): string {
    return `${Math.floor(bytes / bytesPerMb)} MB`;
}
