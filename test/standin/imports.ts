/**
 * What the stand-in imports: only kernel32.dll, so that no C runtime but its own is in the process. Each function has
 * its own cell, which C and assembly read at its fixed address.
 */
export interface Import {
    readonly name: string;
    /** Address of the cell that the loader fills in. */
    readonly cell: number;
}

/** Cells that mods look for: NVHR finds the one of the clock, and the bytes of malloc name that of HeapAlloc. */
const knownCells: readonly Import[] = [
    { name: "QueryPerformanceCounter", cell: 0x00fdf0a0 },
    { name: "HeapAlloc", cell: 0x00fdf1a0 },
];

/** The other functions: nobody needs their cells to be anywhere. */
const names = [
    "CloseHandle",
    "CreateEventA",
    "CreateFileA",
    "CreateThread",
    "ExitProcess",
    "FlushInstructionCache",
    "GetCommandLineA",
    "GetCurrentProcess",
    "GetCurrentProcessId",
    "GetCurrentThreadId",
    "GetFileSize",
    "GetStartupInfoA",
    "GetStdHandle",
    "HeapCreate",
    "HeapFree",
    "HeapReAlloc",
    "HeapSize",
    "LoadLibraryA",
    "QueryPerformanceFrequency",
    "ReadFile",
    "SetEvent",
    "SetUnhandledExceptionFilter",
    "Sleep",
    "VirtualAlloc",
    "VirtualFree",
    "VirtualProtect",
    "WaitForSingleObject",
    "WriteFile",
];

/** Where the cells of the others stand, one behind another. */
const otherCells = 0x00fdf400;

/** Runs of neighbouring cells: each needs a descriptor of its own in the program's import table. */
export const importRuns: readonly (readonly Import[])[] = [
    ...knownCells.map((known) => [known]),
    names.map((name, index) => ({ name, cell: otherCells + 4 * index })),
];

/** All imported functions. */
export const imports: readonly Import[] = importRuns.flat();
