import { antivirus, asAdministrator, checkCompatibility } from "./resolutions.js";
import type { FridaErrorRow } from "./row.js";

/**
 * From `src/windows/windows-host-session-glue.c`, `frida-helper-backend-glue.c` and `frida-helper-process-glue.c`. The
 * codes are those of `winerror.h` and `ntstatus.h`.
 */
export const errorsOnWindows: readonly FridaErrorRow[] = [
    // Start of a program on Windows: ELEVATION_REQUIRED; VIRUS_INFECTED, VIRUS_DELETED; policies; ACCESS_DENIED; ...
    {
        text: /unable to spawn executable at '(.*)': 0x0*2e4$/i,
        code: "ACCESS_DENIED",
        says: "$1 asks for the rights of an administrator, and poolnv has none (0x2e4)",
        resolution:
            'Open the terminal with "Run as administrator", or clear that mark in the program\'s Properties, Compatibility.',
    },
    {
        text: /unable to spawn executable at '(.*)': (0x0*e[12])$/i,
        code: "ACCESS_DENIED",
        says: "the antivirus does not let $1 start ($2)",
        resolution: "If you trust the program, allow it in the antivirus, and restore it if it was removed.",
    },
    {
        text: /unable to spawn executable at '(.*)': (0x0*(?:4ec|241|11c7))$/i,
        code: "ACCESS_DENIED",
        says: "a policy of this computer does not let $1 start ($2)",
        resolution: "Smart App Control, AppLocker or your administrator blocks it: allow the program there.",
    },
    {
        text: /unable to spawn executable at '(.*)': 0x0*5$/i,
        code: "ACCESS_DENIED",
        says: "Windows does not let $1 start: access is denied (0x5)",
        resolution: "Check its permissions; if those are right, allow the program and poolnv in the antivirus.",
    },
    {
        text: /unable to spawn executable at '(.*)': 0x0*[23]$/i,
        code: "NO_SUCH_PROGRAM",
        says: "there is no program $1",
        resolution: "Check the path.",
    },
    {
        text: /unable to spawn executable at '(.*)': 0x0*10b$/i,
        code: "NO_SUCH_FOLDER",
        says: "the working directory of $1 is no folder",
        resolution: "Name a folder that exists: --cwd FOLDER",
    },
    {
        text: /unable to spawn executable at '(.*)': (unsupported file format|0x0*(?:bf|c1|d8))$/i,
        code: "UNSUPPORTED_PROGRAM",
        says: "$1 is no program of this system, or of another processor",
        resolution: "Name an .exe for this Windows. A script needs its interpreter: poolnv launch -- python script.py",
    },
    {
        text: /unable to spawn executable at '(.*)': (0x0*(?:8|e|5aa|5ad|5af))$/i,
        code: "PROGRAM_NOT_STARTED",
        says: "Windows has not enough memory to start $1 ($2)",
        resolution: "Close other programs, or enlarge the page file.",
    },
    {
        text: /unable to spawn executable at '(.*)': 0x0*20$/i,
        code: "PROGRAM_NOT_STARTED",
        says: "$1 is in use by another program (0x20)",
        resolution: "Wait until an update or a scan of it is done, and try again.",
    },
    {
        text: /unable to spawn executable at '(.*)': (0x[\da-f]+)$/i,
        code: "PROGRAM_NOT_STARTED",
        says: "Windows did not start $1 ($2)",
        resolution: checkCompatibility,
    },
    // Injection on Windows: ACCESS_DENIED, of Win32 and of NT; a process that ends; no memory; ...
    {
        text: /unable to access process with pid (\d+)/i,
        on: "windows",
        code: "ACCESS_DENIED",
        resolution: asAdministrator,
    },
    {
        text: /attaching to process with pid (\d+) \((\w+) returned (0x0*5|0xc0000022)\)/i,
        code: "ACCESS_DENIED",
        says: "pid $1 refused Frida's agent: $2 returned $3, access denied",
        resolution: `${antivirus} If it runs as administrator, so must poolnv.`,
    },
    {
        text: /attaching to process with pid (\d+) \((\w+) returned (0x0*12b|0xc000010a|0xc000004b)\)/i,
        code: "TARGET_GONE",
        says: "pid $1 ended while Frida's agent was loaded ($2 returned $3)",
        resolution: "Start it again.",
    },
    {
        text: /(attaching to process with pid|in target process) .*\w+ returned (0x0*(?:8|e|5af)|0xc0000017)\)/i,
        code: "NO_ROOM",
        resolution: "The program has no memory for Frida's agent. Attach right after it has started.",
    },
    {
        text: /in target process \(\w+ returned 0x0*5\)/i,
        code: "ACCESS_DENIED",
        resolution: antivirus,
    },
    {
        text: /unexpected error (while attaching to process|while resolving kernel32|\w+ing .* in target process)/i,
        code: "INJECTION_FAILED",
        resolution: `${antivirus} If it ended, start it again.`,
    },
    {
        text: /unable to spawn helper executable at '(.*)': 0x0*4c7$/i,
        code: "ACCESS_DENIED",
        says: "the question for the rights of an administrator was answered with no",
        resolution: asAdministrator,
    },
    {
        text: /unable to spawn helper executable at '(.*)': (0x[\da-f]+)$/i,
        code: "NO_ENGINE",
        says: "Windows did not start Frida's helper $1 ($2)",
        resolution: "An antivirus has most likely blocked it: allow poolnv's cache folder there, then try again.",
    },
    {
        text: /unable to find dll at '(.*)'/i,
        code: "NO_ENGINE",
        says: "Frida's agent $1 was removed before it was loaded",
        resolution: "An antivirus has most likely removed it: allow poolnv's cache folder there, then try again.",
    },
    {
        text: /error setting acls/i,
        code: "NO_ENGINE",
        resolution: "The temporary folder must be on a disk with permissions (NTFS): set TEMP to one.",
    },
    {
        text: /missing helper able to handle|unable to handle .*processes due to build configuration/i,
        code: "NO_ENGINE",
        resolution: "This build of Frida can't serve the program. Run: npx poolnv setup --engine python",
    },
    {
        text: /unable to locate the ntdll loader tls routines/i,
        code: "NO_ENGINE",
        resolution: "This Frida does not work under this Wine. Run: npx poolnv setup --engine wine",
    },
];
