import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { basename } from "node:path";

/** A running process as Linux shows it. */
export interface RunningProcess {
    /** Linux pid. */
    pid: number;
    /** Its file names: of its executable and its first argument, or of the Windows program that Wine runs in it. */
    names: string[];
    /** Path of its executable; under Wine, of the Wine loader. Null if we may not read it: it is another user's. */
    executable: string | null;
    /** Set if Wine runs a Windows program in this process. */
    wine: WineProcess | null;
}

export interface WineProcess {
    /** Its prefix, or null for Wine's own default. */
    prefix: string | null;
    /** The Wine loader that runs it. */
    loader: string;
    /** File name of the Windows program. */
    program: string;
    /** Path of the Windows program as its command line has it: `C:\games\game.exe`, or as it was given to Wine. */
    path: string;
    /** `$HOME` of the process; null if it has none. */
    home: string | null;
    /** Its user id. */
    user: number;
}

/** Every process of this Linux system but this one. Those that end meanwhile are left out. */
export function readProcessTable(): RunningProcess[] {
    return readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
        .flatMap((name) => readProcess(Number(name)) ?? []);
}

/** A task that looks like the program whose threads it suspends, for some milliseconds at a time (`cmodule/patch/suspend_linux.c`). */
const suspendingTask = "poolnv-suspend";

/** One process, or null if it has ended or is a thread of the kernel. */
export function readProcess(pid: number): RunningProcess | null {
    try {
        const state = /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
        if (state === undefined || state === "Z" || state === "X") return null;
        if (readFileSync(`/proc/${pid}/comm`, "utf8") === `${suspendingTask}\n`) return null;
        const [first = ""] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
        const executable = readExecutable(pid);
        if (executable === null) {
            return first === "" ? null : { pid, names: [first.split(/[\\/]/).at(-1)!], executable, wine: null };
        }
        const wine = readWine(pid, executable, first);
        return { pid, names: wine === null ? nativeNames(executable, first) : [wine.program], executable, wine };
    } catch {
        return null;
    }
}

/** Null if we may not read it. */
function readExecutable(pid: number): string | null {
    try {
        return readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, "");
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "EACCES" || code === "EPERM") return null;
        throw error;
    }
}

/** A script has the name of its interpreter; a program may have another name in its first argument. */
function nativeNames(executable: string, first: string): string[] {
    return [...new Set([basename(executable), basename(first)])].filter((name) => name !== "");
}

/** Wine's loader is the executable of every Windows program; the program's own name is in the command line. */
function readWine(pid: number, executable: string, first: string): WineProcess | null {
    if (!/^wine(64)?(-preloader)?$/.test(basename(executable))) return null;
    const program = first.split(/[\\/]/).at(-1) ?? "";
    if (!/\.exe$/i.test(program)) return null;
    const environment = new Map(
        readFileSync(`/proc/${pid}/environ`, "utf8")
            .split("\0")
            .map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)] as const),
    );
    return {
        prefix: environment.get("WINEPREFIX") ?? null,
        loader: executable.replace(/-preloader$/, ""),
        program,
        path: first,
        home: environment.get("HOME") ?? null,
        user: statSync(`/proc/${pid}`).uid,
    };
}
