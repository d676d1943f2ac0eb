import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What the kernel of this Linux system says of a process, proc(5). */
export interface ProgramStatus {
    /** Real user id, by which the kernel counts threads. */
    readonly user: number;
    /** Whether it may exceed its limit of threads: root, or CAP_SYS_ADMIN or CAP_SYS_RESOURCE. */
    readonly isPrivileged: boolean;
    /** 0: none, 1: only read, write, exit and sigreturn are permitted, 2: filters. */
    readonly seccompMode: number;
    /** Number of its seccomp filters; null before Linux 5.9. */
    readonly seccompFilters: number | null;
    /** Its pid in its own pid namespace. */
    readonly ownPid: number;
    /** Bytes of address space, and of private writable memory: what RLIMIT_AS and RLIMIT_DATA count. */
    readonly addressSpace: number;
    readonly data: number;
    readonly threads: number;
}

/** Null if there is no such process, or on another system. */
export function readProgramStatus(pid: number | "self"): ProgramStatus | null {
    const text = readOrNull(`/proc/${pid}/status`);
    if (text === null) return null;
    const numbersOf = (name: string): number[] | null =>
        RegExp(`^${name}:\\s+(.*)$`, "m").exec(text)?.[1]?.split(/\s+/).map(Number) ?? null;
    const numberOf = (name: string): number => numbersOf(name)?.[0] ?? 0;
    const capabilities = BigInt(`0x${/^CapEff:\s+([0-9a-f]+)$/m.exec(text)?.[1] ?? "0"}`);
    const user = numberOf("Uid");
    return {
        user,
        isPrivileged: user === 0 || (capabilities & exemptCapabilities) !== 0n,
        seccompMode: numberOf("Seccomp"),
        seccompFilters: numbersOf("Seccomp_filters")?.[0] ?? null,
        ownPid: numbersOf("NSpid")?.at(-1) ?? numberOf("Pid"),
        addressSpace: 1024 * numberOf("VmSize"),
        data: 1024 * numberOf("VmData"),
        threads: numberOf("Threads"),
    };
}

/** linux/capability.h: CAP_SYS_ADMIN and CAP_SYS_RESOURCE. */
const exemptCapabilities = (1n << 21n) | (1n << 24n);

/** The soft limits of a process, getrlimit(2); `Infinity` if there is none. */
export interface ProgramLimits {
    /** RLIMIT_AS, in bytes. */
    readonly addressSpace: number;
    /** RLIMIT_DATA, in bytes. */
    readonly data: number;
    /** RLIMIT_NOFILE: file descriptors are smaller than this. */
    readonly files: number;
    /** RLIMIT_NPROC: processes and threads of its user. */
    readonly threads: number;
}

/** Null if we may not read them, and on other systems. */
export function readProgramLimits(pid: number): ProgramLimits | null {
    const text = readOrNull(`/proc/${pid}/limits`);
    return text === null ? null : parseProgramLimits(text);
}

/** Parses the text of `/proc/PID/limits`. A limit that is not in it counts as none. */
export function parseProgramLimits(text: string): ProgramLimits {
    const soft = (name: string): number => {
        const found = RegExp(`^Max ${name}\\s+(\\d+)\\s`, "m").exec(text)?.[1];
        return found === undefined ? Infinity : Number(found);
    };
    return {
        addressSpace: soft("address space"),
        data: soft("data size"),
        files: soft("open files"),
        threads: soft("processes"),
    };
}

/** How many file descriptors a process with this limit may still open; null if we may not read that. */
export function freeDescriptors(pid: number, limit: number): number | null {
    try {
        return limit - readdirSync(`/proc/${pid}/fd`).filter((name) => Number(name) < limit).length;
    } catch {
        return null;
    }
}

/** The number of threads of all processes of a user that this system lists. */
export function threadsOfUser(user: number): number {
    return readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map((name) => readProgramStatus(Number(name)))
        .reduce((sum, status) => sum + (status?.user === user ? status.threads : 0), 0);
}

/** How many threads the control groups of a process still permit; `Infinity` if none of them has a limit. */
export function threadsLeftInGroups(pid: number): number {
    const places = (readOrNull(`/proc/${pid}/cgroup`) ?? "").split("\n").flatMap((line) => {
        const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
        if (path === undefined || path.includes("..")) return []; // outside of our own namespace
        if (controllers === "") return [{ top: "/sys/fs/cgroup", path }];
        return controllers?.split(",").includes("pids") === true ? [{ top: "/sys/fs/cgroup/pids", path }] : [];
    });
    return Math.min(Infinity, ...places.flatMap(({ top, path }) => groupsOf(path).map((group) => left(top + group))));
}

/** A control group and those that it is in. */
function groupsOf(path: string): string[] {
    const names = path.split("/").filter((name) => name !== "");
    return names.map((_, index) => `/${names.slice(0, index + 1).join("/")}`);
}

function left(folder: string): number {
    const limit = Number(readOrNull(`${folder}/pids.max`) ?? NaN);
    const current = Number(readOrNull(`${folder}/pids.current`) ?? NaN);
    return Number.isNaN(limit - current) ? Infinity : limit - current; // "max" is not a number
}

/**
 * Whether the file system `/proc` that a process sees is that of its own pid namespace.
 *
 * @returns null if we may not read that
 */
export function seesItself(pid: number, ownPid: number): boolean | null {
    const namespace = linkOrNull(`/proc/${pid}/ns/pid`);
    if (namespace === null) return null;
    const seen = `/proc/${pid}/root/proc/${ownPid}`;
    return linkOrNull(`${seen}/ns/pid`) === namespace && readOwnPid(seen) === ownPid;
}

/** The last of its pids is that in its innermost namespace. */
function readOwnPid(folder: string): number | null {
    const pids = /^NSpid:\s+(.*)$/m.exec(readOrNull(`${folder}/status`) ?? "")?.[1];
    return pids === undefined ? null : Number(pids.split(/\s+/).at(-1));
}

function readOrNull(path: string): string | null {
    try {
        return readFileSync(path, "utf8");
    } catch {
        return null;
    }
}

function linkOrNull(path: string): string | null {
    try {
        return readlinkSync(path);
    } catch {
        return null;
    }
}
