import { bareProgramName } from "../../../shared/program-name.js";
import { invalidHandle, native } from "./windows-calls.js";

/* tlhelp32.h, struct PROCESSENTRY32W of 32-bit processes */
const snapshotProcesses = 0x2;
const entryBytes = 556;
const entryPid = 8;
const entryFile = 36;

/** Pids of the other processes that run a program of this one's name. */
export function findNamesakes(): number[] {
    const entry = Memory.alloc(entryBytes);
    entry.writeU32(entryBytes);
    const snapshot = native("CreateToolhelp32Snapshot", "pointer", ["uint", "uint"])(snapshotProcesses, 0);
    if (snapshot.equals(invalidHandle)) return [];
    const first = native("Process32FirstW", "int", ["pointer", "pointer"]);
    const next = native("Process32NextW", "int", ["pointer", "pointer"]);
    const own = bareProgramName(Process.mainModule.name);
    const found: number[] = [];
    for (let more = first(snapshot, entry); more !== 0; more = next(snapshot, entry)) {
        const pid = entry.add(entryPid).readU32();
        const name = entry.add(entryFile).readUtf16String() ?? "";
        if (pid !== Process.id && bareProgramName(name) === own) found.push(pid);
    }
    native("CloseHandle", "int", ["pointer"])(snapshot);
    return found;
}
