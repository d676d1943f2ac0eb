import { antivirus, asAdministrator, attachAgain, tryAgain } from "./resolutions.js";
import type { FridaErrorRow } from "./row.js";

/**
 * From `src/host-session-service.vala`, `lib/base/session.vala`, the agent, GLib, and the packages for Python and Node,
 * which have texts of their own for the same.
 */
export const errorsOnAnySystem: readonly FridaErrorRow[] = [
    {
        text: /unable to find process with pid/i,
        code: "NO_SUCH_PROCESS",
        resolution: "Start the program first.",
    },
    {
        text: /timeout was reached|timed out (waiting for the injected agent|trying to sync|while waiting for (stop|process))|operation timed out/i,
        code: "NOT_ANSWERING",
        resolution: "The program is stopped, hangs or is very busy. Resume it or restart it; then attach again.",
    },
    {
        text: /timed out while spawning helper process/i,
        code: "ENGINE_DIED",
        resolution: attachAgain,
    },
    {
        text: /helper (terminated prematurely|client is closed)|operation was cancelled|device is gone|unable to open (pipe|pty)/i,
        code: "ENGINE_DIED",
        resolution: attachAgain,
    },
    {
        text: /refused to load frida-agent|terminated during injection|not responding/i,
        on: "windows",
        code: "TARGET_GONE",
        resolution: `If it ended, start it again. ${antivirus}`,
    },
    {
        text: /refused to load frida-agent|terminated during injection|not responding/i,
        code: "TARGET_GONE",
        resolution: "Check that the program still runs and is not stopped.",
    },
    {
        text: /script (is|has been) (destroyed|unloading)|session (is gone|is closing|was interrupted|detached)|agent is (already )?unloading|only active scripts|invalid (session id|pid)\b/i,
        code: "TARGET_GONE",
        says: "the program has ended",
        resolution: "Start it again.",
    },
    {
        text: /connection (is )?closed|0 bytes on an async read|broken pipe|connection reset|forcibly closed|process (exited unexpectedly|not found)|no such process|peer disconnected/i,
        code: "TARGET_GONE",
        says: "the program has ended",
        resolution: "Start it again.",
    },
    // Texts that no row has, by the name that Python gives them.
    { name: "PermissionDeniedError", on: "windows", code: "ACCESS_DENIED", resolution: asAdministrator },
    {
        name: "PermissionDeniedError",
        code: "ACCESS_DENIED",
        resolution: "Run poolnv as the user who owns the program, or with the rights to debug it.",
    },
    { name: "ExecutableNotFoundError", code: "NO_SUCH_PROGRAM", resolution: "Check the path." },
    { name: "ExecutableNotSupportedError", code: "UNSUPPORTED_PROGRAM", resolution: "Name a program of this system." },
    { name: "ProcessNotFoundError", code: "NO_SUCH_PROCESS", resolution: "Start the program first." },
    { name: "ProcessNotRespondingError", code: "NOT_ANSWERING", resolution: tryAgain },
    { name: "TimedOutError", code: "NOT_ANSWERING", resolution: tryAgain },
    { name: "TransportError", code: "TARGET_GONE", resolution: "Start it again." },
    { name: "InvalidOperationError", code: "TARGET_GONE", resolution: "Start it again." },
];
