import { bareProgramName } from "../../../shared/program-name.js";
import type { MailboxFile, Platform, ThreadSlot } from "./platform.js";
import { threadRecord } from "./thread-register.js";
import {
    invalidHandle,
    kernel32,
    type KernelCalls,
    kernelCalls,
    native,
    ntdll,
    residentImports,
} from "./windows-calls.js";
import { makeMailboxFile } from "./windows-mailbox-file.js";

/* winnt.h, fileapi.h */
const memCommit = 0x1000;
const memReserve = 0x2000;
const memRelease = 0x8000;
const memFree = 0x10000;
/* struct MEMORY_BASIC_INFORMATION of 32-bit processes */
const rangeBytes = 28;
const regionSize = 12;
const regionState = 16;
/* struct SYSTEM_INFO of 32-bit processes */
const systemInfoBytes = 36;
const lowestAddress = 8;
const highestAddress = 12;
/* libloaderapi.h */
const getModuleHandleExFlagPin = 0x1;
const getModuleHandleExFlagFromAddress = 0x4;
const pageNoaccess = 0x01;
const pageReadwrite = 0x04;
const protections: Record<string, number> = {
    "r--": 0x02,
    "rw-": 0x04,
    "--x": 0x10,
    "r-x": 0x20,
    rwx: 0x40,
};
const fileAttributeDirectory = 0x10;
const invalidAttributes = 0xffffffff;
/* tlhelp32.h, struct PROCESSENTRY32W of 32-bit processes */
const snapshotProcesses = 0x2;
const entryBytes = 556;
const entryPid = 8;
const entryFile = 36;
const tlsOutOfIndexes = 0xffffffff;
const flsOutOfIndexes = 0xffffffff;
/* winternl.h, struct _TEB: TlsSlots of 32-bit processes */
const tebTlsSlots = 0xe10;
const tebTlsSlotCount = 64;
const mark = ptr(0x706f6f6c);

export class WindowsPlatform implements Platform {
    readonly name = "windows";
    readonly separator = "\\";
    readonly #call = kernelCalls();

    reserve(bytes: number): NativePointer | null {
        const base = this.#call.virtualAlloc(NULL, bytes, memReserve, pageNoaccess);
        return base.isNull() ? null : base;
    }

    release(base: NativePointer, _bytes: number): void {
        this.#call.virtualFree(base, 0, memRelease);
    }

    /** A job object may limit the memory of a process, but then allocations fail, as they do without a pool. */
    permittedBytes(): number {
        return Infinity;
    }

    readonly isFree = (base: NativePointer, bytes: number): boolean => {
        if (base.isNull()) return false;
        const got = this.#call.virtualAlloc(base, bytes, memReserve, pageNoaccess);
        if (!got.isNull()) this.release(got, bytes);
        return got.equals(base);
    };

    freeRanges(): { total: number; holes: number[]; isLowerBound: boolean } {
        const info = Memory.alloc(systemInfoBytes);
        this.#call.getSystemInfo(info);
        const lowest = info.add(lowestAddress).readU32();
        const end = info.add(highestAddress).readU32() + 1;
        const range = Memory.alloc(rangeBytes);
        const [rangeSize, rangeState] = [range.add(regionSize), range.add(regionState)];
        const holes: number[] = [];
        for (let at = lowest; at < end;) {
            if (this.#call.virtualQuery(at, range, rangeBytes) === 0) break;
            const size = rangeSize.readU32();
            if (size === 0) break;
            if (rangeState.readU32() === memFree) holes.push(Math.min(size, end - at));
            at += size;
        }
        return { total: end - lowest, holes, isLowerBound: this.isWine() }; // Wine reports some free ranges as reserved
    }

    allocate(bytes: number): NativePointer | null {
        const base = this.#call.virtualAlloc(NULL, bytes, memReserve | memCommit, pageReadwrite);
        return base.isNull() ? null : base;
    }

    free(base: NativePointer, bytes: number): void {
        this.release(base, bytes);
    }

    allocateNear(bytes: number, _near: NativePointer): NativePointer | null {
        return this.allocate(bytes); // addresses wrap around
    }

    isWine(): boolean {
        return ntdll().findExportByName("wine_get_version") !== null;
    }

    poolImports(): Record<string, NativePointer> {
        return {
            POOLNV_COMMIT: kernel32().getExportByName("VirtualAlloc"),
            POOLNV_DECOMMIT: kernel32().getExportByName("VirtualFree"),
            POOLNV_YIELD: kernel32().getExportByName("SwitchToThread"),
            POOLNV_ENDING: ntdll().getExportByName("RtlDllShutdownInProgress"),
        };
    }

    patchImports(): Record<string, NativePointer> {
        return {
            POOLNV_NT_GET_NEXT_THREAD: ntdll().getExportByName("NtGetNextThread"),
            POOLNV_NT_SUSPEND_THREAD: ntdll().getExportByName("NtSuspendThread"),
            POOLNV_NT_RESUME_THREAD: ntdll().getExportByName("NtResumeThread"),
            POOLNV_NT_RESUME_PROCESS: ntdll().getExportByName("NtResumeProcess"),
            POOLNV_NT_GET_CONTEXT_THREAD: ntdll().getExportByName("NtGetContextThread"),
            POOLNV_NT_CLOSE: ntdll().getExportByName("NtClose"),
            POOLNV_NT_DELAY_EXECUTION: ntdll().getExportByName("NtDelayExecution"),
            POOLNV_GET_THREAD_ID: kernel32().getExportByName("GetThreadId"),
            POOLNV_GET_CURRENT_THREAD_ID: kernel32().getExportByName("GetCurrentThreadId"),
            POOLNV_VIRTUAL_PROTECT: kernel32().getExportByName("VirtualProtect"),
            POOLNV_PERFORMANCE_COUNTER: kernel32().getExportByName("QueryPerformanceCounter"),
            POOLNV_PERFORMANCE_FREQUENCY: kernel32().getExportByName("QueryPerformanceFrequency"),
        };
    }

    residentImports(): Record<string, NativePointer> {
        return residentImports();
    }

    /** TlsAlloc slots below 64 are in the TEB; FlsAlloc slots have a callback at the end of a thread. */
    allocateThreadSlot(onExit: NativePointer): ThreadSlot | null {
        const record = threadRecord();
        const quick = this.#call.tlsAlloc();
        const watched = quick < tebTlsSlotCount ? this.#call.flsAlloc(onExit) : flsOutOfIndexes;
        if (watched !== flsOutOfIndexes) {
            const distance = tebTlsSlots + quick * Process.pointerSize;
            this.#call.tlsSetValue(quick, mark);
            const found = record.add(distance).readPointer().equals(mark);
            this.#call.tlsSetValue(quick, NULL);
            const free = (): void => {
                this.#call.flsFree(watched);
                this.#call.tlsFree(quick);
            };
            if (found) return { distance, watch: kernel32().getExportByName("FlsSetValue"), index: watched, free };
            this.#call.flsFree(watched);
        }
        if (quick !== tlsOutOfIndexes) this.#call.tlsFree(quick);
        return null;
    }

    keepLoaded({ base }: Module): void {
        const flags = getModuleHandleExFlagPin | getModuleHandleExFlagFromAddress;
        this.#call.getModuleHandleEx(flags, base, Memory.alloc(Process.pointerSize));
    }

    protectionNumber(protection: string): number {
        return protections[protection] ?? protections["r-x"]!;
    }

    /** Windows programs do not fork. */
    registerForkHandlers(_prepare: NativePointer, _parent: NativePointer, _child: NativePointer): () => void {
        return () => {};
    }

    makeMailboxFile(content: Uint8Array): MailboxFile | null {
        return makeMailboxFile(this.#call, content);
    }

    namesakes(): number[] {
        return findNamesakes(this.#call);
    }

    createDirectory(path: string): boolean {
        return this.#call.createDirectory(Memory.allocUtf16String(path), NULL) !== 0;
    }

    isDirectory(path: string): boolean {
        const attributes = this.#call.getFileAttributes(Memory.allocUtf16String(path));
        return attributes !== invalidAttributes && (attributes & fileAttributeDirectory) !== 0;
    }

    /** Windows programs are not installed in directories that every user may write to. */
    isUntrusted(_path: string): boolean {
        return false;
    }

    temporaryFolder(): string {
        const capacity = 261;
        const buffer = Memory.alloc(capacity * 2);
        const length = this.#call.getTempPath(capacity, buffer);
        return length > 0 && length < capacity ? buffer.readUtf16String(length)!.replace(/\\$/, "") : "C:\\";
    }
}

/** Pids of the other processes that run a program of this one's name. */
function findNamesakes(kernel: KernelCalls): number[] {
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
    kernel.closeHandle(snapshot);
    return found;
}
