import { tryAgain } from "./resolutions.js";
import type { FridaErrorRow } from "./row.js";

/** From `src/linux/frida-helper-backend.vala`, `frida-helper-process.vala`, `linjector.vala`, and from GLib. */
export const errorsOnLinux: readonly FridaErrorRow[] = [
    // What a sandbox or a limit refuses, and can't be seen before: `client/before-injection.ts`.
    {
        text: /failure while trying to allocate memory|unable to (map|reserve memory for) agent/i,
        on: "linux",
        code: "SANDBOXED",
        says: "the system permits the program no new executable memory",
        resolution:
            "Start it without what forbids that: MemoryDenyWriteExecute= of systemd, a sandbox, SELinux, a limit of memory.",
    },
    {
        text: /error sending message: broken pipe/i,
        on: "linux",
        code: "SANDBOXED",
        says: "the program ended, or may not do a step of the injection (new executable memory, a system call)",
        resolution:
            "Start it without what forbids that: a sandbox (seccomp), MemoryDenyWriteExecute= of systemd, SELinux.",
    },
    {
        text: /auxv-not-found/i,
        on: "linux",
        code: "NO_PROC",
        says: "the program can't open its own /proc/self/auxv",
        resolution: "Start it with a /proc in its root, and with a free file descriptor (prlimit --nofile).",
    },
    {
        text: /terminated with signal 31\b/i,
        on: "linux",
        code: "TARGET_GONE",
        says: "the program's sandbox (seccomp) has ended it, at a step of the installation that it forbids",
        resolution: "Start it again without the sandbox, or without poolnv.",
    },
    {
        text: /timed out trying to sync up with agent/i,
        on: "linux",
        code: "NOT_ANSWERING",
        says: "the program started no thread for poolnv",
        resolution:
            "It may start none (a sandbox, a limit of its user or control group), or the machine is very busy: try again.",
    },
    {
        text: /failed to execute child process.*permission denied/i,
        on: "linux",
        code: "NO_ENGINE",
        says: "frida can't start its helper: the folder for temporary files does not allow programs (noexec)",
        resolution: "Name another one: TMPDIR=/path poolnv ...",
    },
    {
        text: /failed to execute child process/i,
        on: "linux",
        code: "NO_ENGINE",
        says: "frida can't start its 32-bit helper, which attaching to a 32-bit program takes: the system has no 32-bit loader",
        resolution: "Install it: apt-get install libc6-i386 (Debian, Ubuntu), glibc.i686 (Fedora), lib32-glibc (Arch)",
    },
    {
        text: /failed to execute child process/i,
        on: "windows",
        code: "NO_ENGINE",
        resolution: "An antivirus has most likely blocked Frida's helper: allow poolnv's cache folder there.",
    },
    {
        text: /unable to parse executable at '(.*)'/i,
        code: "UNSUPPORTED_PROGRAM",
        says: "$1 is no program of this system",
        resolution:
            "A script can't be launched by itself: name its interpreter, for example: poolnv launch -- perl script.pl",
    },
    {
        text: /unable to access executable at '(.*)'/i,
        code: "ACCESS_DENIED",
        says: "$1 may not be read or run by this user",
        resolution: "Give yourself the right: chmod u+rx FILE",
    },
    {
        text: /unable to find executable at '(.*)'/i,
        code: "NO_SUCH_PROGRAM",
        says: "there is no program $1",
        resolution: "Check the path.",
    },
    {
        text: /unable to change directory to '(.*)'/i,
        code: "NO_SUCH_FOLDER",
        says: "the working directory $1 can't be entered",
        resolution: "Name a folder that you may enter: --cwd FOLDER",
    },
    {
        text: /(unable to fork\(\)|failed to fork).*/i,
        code: "PROGRAM_NOT_STARTED",
        resolution: "The system has no room for another process: close programs, or raise the limit (ulimit -u).",
    },
    {
        text: /target (exited with status|terminated with signal) (\d+)/i,
        code: "TARGET_GONE",
        resolution: "Start it again; if it ends each time, try it without poolnv.",
    },
    // Injection on Linux.
    {
        text: /unable to access process with pid (\d+) due to system restrictions/i,
        code: "ACCESS_DENIED",
        says: "this system does not let pid $1 be traced: only its parent may do that, or it is another user's",
        resolution:
            "Start it by: poolnv launch -- <program>; or allow it: sudo sysctl kernel.yama.ptrace_scope=0; or run poolnv as root.",
    },
    {
        text: /process is traced by another process/i,
        code: "ACCESS_DENIED",
        resolution: "A debugger or strace is attached to it: detach that, then try again.",
    },
    {
        text: /cannot open shared object|failed to map segment|error (loading|relocating) .*\.so/i,
        code: "INJECTION_FAILED",
        resolution: "A sandbox, SELinux or another C library kept Frida's agent out: run the program outside of it.",
    },
    {
        text: /unable to (access process with pid|access \/proc\/\d+\/mem|use pidfd)|(permission denied|operation not permitted)$/i,
        on: "linux",
        code: "ACCESS_DENIED",
        resolution: "Run poolnv as the user who owns the program, or with the rights to debug it.",
    },
    {
        text: /kernel too old for memfd/i,
        code: "UNSUPPORTED_PLATFORM",
        resolution: "Frida takes Linux 3.17 or newer.",
    },
    {
        text: /(bootstrapper|loader) (failed|crashed)|unexpected lack of content|unexpected (crash|failure) while trying/i,
        code: "INJECTION_FAILED",
        resolution: tryAgain,
    },
    {
        text: /unable to (perform ptrace|(read from|write to) (process|remote) memory|find suitable code pages|wait for next stop|reach breakpoint|write word|resolve .* in this process)|unexpected status: 0x/i,
        code: "INJECTION_FAILED",
        resolution: tryAgain,
    },
];
