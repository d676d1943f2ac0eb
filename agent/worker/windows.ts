import type { ProgramExit, WorkerCalls } from "../../shared/protocol/worker-calls.js";

/* winnt.h, fileapi.h, psapi.h */
const genericReadWrite = 0xc0000000;
const shareReadWrite = 3;
const openAlways = 4;
const attributeNormal = 0x80;
const fileBegin = 0;
const processQueryAndRead = 0x0400 | 0x0010;
const synchronizeAndQueryLimited = 0x00100000 | 0x1000;
const listModulesAll = 3;
const waitObject0 = 0;
const invalidHandle = ptr(-1);
const mostModules = 4096;
const longestPath = 260;
/** Time between two looks at a program that may have ended. */
const exitPollMs = 50;

/** File locks by `LockFile` of the first byte, as the C runtime's `_locking` does it for Python. */
export class WindowsWorkerCalls implements WorkerCalls {
    readonly #call = kernelCalls();

    tryLock(path: string): string | null {
        const name = Memory.allocUtf16String(path);
        const { createFile, lockFile, closeHandle } = this.#call;
        const file = createFile(name, genericReadWrite, shareReadWrite, NULL, openAlways, attributeNormal, NULL);
        if (file.equals(invalidHandle)) throw new Error(`can't open ${path}`);
        if (lockFile(file, 0, 0, 1, 0) !== 0) return file.toString();
        closeHandle(file);
        return null;
    }

    readRecord(lock: string, length: number): string {
        const buffer = Memory.alloc(length);
        const count = Memory.alloc(4);
        this.#call.setFilePointer(ptr(lock), 0, NULL, fileBegin);
        if (this.#call.readFile(ptr(lock), buffer, length, count, NULL) === 0) return "";
        return buffer.readUtf8String(count.readU32()) ?? "";
    }

    writeRecord(lock: string, record: string): void {
        this.#call.setFilePointer(ptr(lock), 0, NULL, fileBegin);
        this.#call.writeFile(ptr(lock), Memory.allocUtf8String(record), record.length, Memory.alloc(4), NULL);
    }

    unlock(lock: string): void {
        this.#call.closeHandle(ptr(lock));
    }

    modulesOf(pid: number): string[] {
        const { openProcess, enumProcessModulesEx, getModuleFileNameEx, closeHandle } = this.#call;
        const process = openProcess(processQueryAndRead, 0, pid);
        if (process.isNull()) return [];
        try {
            const size = mostModules * Process.pointerSize;
            const modules = Memory.alloc(size);
            const needed = Memory.alloc(4);
            if (enumProcessModulesEx(process, modules, size, needed, listModulesAll) === 0) return [];
            const count = Math.min(needed.readU32(), size) / Process.pointerSize;
            const name = Memory.alloc(2 * longestPath);
            return Array.from({ length: count }, (_, index) => {
                const module = modules.add(index * Process.pointerSize).readPointer();
                const length = getModuleFileNameEx(process, module, name, longestPath);
                return length === 0 ? "" : (name.readUtf16String(length) ?? "");
            });
        } finally {
            closeHandle(process);
        }
    }

    watchExit(pid: number): void {
        const { openProcess, waitForSingleObject, getExitCodeProcess, closeHandle } = this.#call;
        const process = openProcess(synchronizeAndQueryLimited, 0, pid);
        if (process.isNull()) return;
        const timer = setInterval(() => {
            if (waitForSingleObject(process, 0) !== waitObject0) return;
            clearInterval(timer);
            const code = Memory.alloc(4);
            if (getExitCodeProcess(process, code) !== 0) {
                send({ pid, exitCode: code.readU32() } satisfies ProgramExit);
            }
            closeHandle(process);
        }, exitPollMs);
    }
}

function kernelCalls() {
    const kernel32 = Process.getModuleByName("kernel32.dll");
    const convention = Process.pointerSize === 4 ? "stdcall" : "default";
    const bind = <Result extends NativeFunctionReturnType, Arguments extends NativeFunctionArgumentType[] | []>(
        name: string,
        result: Result,
        parameters: Arguments,
    ) => new NativeFunction(kernel32.getExportByName(name), result, parameters, convention);
    return {
        createFile: bind("CreateFileW", "pointer", [
            "pointer",
            "uint32",
            "uint32",
            "pointer",
            "uint32",
            "uint32",
            "pointer",
        ]),
        closeHandle: bind("CloseHandle", "int", ["pointer"]),
        lockFile: bind("LockFile", "int", ["pointer", "uint32", "uint32", "uint32", "uint32"]),
        setFilePointer: bind("SetFilePointer", "uint32", ["pointer", "int32", "pointer", "uint32"]),
        readFile: bind("ReadFile", "int", ["pointer", "pointer", "uint32", "pointer", "pointer"]),
        writeFile: bind("WriteFile", "int", ["pointer", "pointer", "uint32", "pointer", "pointer"]),
        openProcess: bind("OpenProcess", "pointer", ["uint32", "int", "uint32"]),
        enumProcessModulesEx: bind("K32EnumProcessModulesEx", "int", [
            "pointer",
            "pointer",
            "uint32",
            "pointer",
            "uint32",
        ]),
        getModuleFileNameEx: bind("K32GetModuleFileNameExW", "uint32", ["pointer", "pointer", "pointer", "uint32"]),
        waitForSingleObject: bind("WaitForSingleObject", "uint32", ["pointer", "uint32"]),
        getExitCodeProcess: bind("GetExitCodeProcess", "int", ["pointer", "pointer"]),
    };
}
