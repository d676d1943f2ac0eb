import type { System, ThreadSlot } from "./system.js";
import { threadRecord } from "./thread-register.js";

/* winnt.h, fileapi.h */
const MEM_COMMIT = 0x1000;
const MEM_RESERVE = 0x2000;
const MEM_RELEASE = 0x8000;
const MEM_FREE = 0x10000;
/* struct MEMORY_BASIC_INFORMATION of 32-bit processes */
const RANGE_BYTES = 28;
const RANGE_SIZE = 12;
const RANGE_STATE = 16;
/* struct SYSTEM_INFO of 32-bit processes */
const SYSTEM_INFO_BYTES = 36;
const LOWEST_ADDRESS = 8;
const HIGHEST_ADDRESS = 12;
const PAGE_NOACCESS = 0x01;
const PAGE_READWRITE = 0x04;
const PROTECTIONS: Record<string, number> = {
    "r--": 0x02,
    "rw-": 0x04,
    "--x": 0x10,
    "r-x": 0x20,
    rwx: 0x40,
};
const FILE_APPEND_DATA = 0x0004;
const FILE_SHARE_READ_WRITE = 0x3;
const FILE_READ_ATTRIBUTES = 0x0080;
const CREATE_NEW = 1;
const OPEN_EXISTING = 3;
const PATH_CHARACTERS = 0x8000;
const FILE_ATTRIBUTE_NORMAL = 0x80;
const FILE_FLAG_OPEN_REPARSE_POINT = 0x00200000;
const FILE_ATTRIBUTE_DIRECTORY = 0x10;
const FILE_ATTRIBUTE_REPARSE_POINT = 0x400;
const FILE_TYPE_DISK = 1;
/* struct BY_HANDLE_FILE_INFORMATION */
const FILE_INFORMATION_BYTES = 52;
const FILE_INFORMATION_LINKS = 40;
const INVALID_ATTRIBUTES = 0xffffffff;
const INVALID_HANDLE = ptr(-1);
const TLS_OUT_OF_INDEXES = 0xffffffff;
const FLS_OUT_OF_INDEXES = 0xffffffff;
/* winternl.h, struct _TEB: TlsSlots of 32-bit processes */
const TEB_TLS_SLOTS = 0xe10;
const TEB_TLS_SLOT_COUNT = 64;
const MARK = ptr(0x706f6f6c);

export class WindowsSystem implements System {
    readonly name = "windows";
    readonly separator = "\\";
    readonly #call = kernelCalls();

    reserve(bytes: number): NativePointer | null {
        const base = this.#call.virtualAlloc(NULL, bytes, MEM_RESERVE, PAGE_NOACCESS);
        return base.isNull() ? null : base;
    }

    release(base: NativePointer, _bytes: number): void {
        this.#call.virtualFree(base, 0, MEM_RELEASE);
    }

    readonly isFree = (base: NativePointer, bytes: number): boolean => {
        if (base.isNull()) return false;
        const got = this.#call.virtualAlloc(base, bytes, MEM_RESERVE, PAGE_NOACCESS);
        if (!got.isNull()) this.release(got, bytes);
        return got.equals(base);
    };

    freeRanges(): { total: number; holes: number[]; isLowerBound: boolean } {
        const info = Memory.alloc(SYSTEM_INFO_BYTES);
        this.#call.getSystemInfo(info);
        const lowest = info.add(LOWEST_ADDRESS).readU32();
        const end = info.add(HIGHEST_ADDRESS).readU32() + 1;
        const range = Memory.alloc(RANGE_BYTES);
        const [rangeSize, rangeState] = [range.add(RANGE_SIZE), range.add(RANGE_STATE)];
        const holes: number[] = [];
        for (let at = lowest; at < end;) {
            if (this.#call.virtualQuery(at, range, RANGE_BYTES) === 0) break;
            const size = rangeSize.readU32();
            if (size === 0) break;
            if (rangeState.readU32() === MEM_FREE) holes.push(Math.min(size, end - at));
            at += size;
        }
        return { total: end - lowest, holes, isLowerBound: isWine() };
    }

    allocate(bytes: number): NativePointer | null {
        const base = this.#call.virtualAlloc(NULL, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
        return base.isNull() ? null : base;
    }

    poolImports(): Record<string, NativePointer> {
        return {
            POOLNV_COMMIT: kernel32().getExportByName("VirtualAlloc"),
            POOLNV_DECOMMIT: kernel32().getExportByName("VirtualFree"),
            POOLNV_YIELD: kernel32().getExportByName("SwitchToThread"),
            POOLNV_ENDING: ntdll().getExportByName("RtlDllShutdownInProgress"),
        };
    }

    armImports(): Record<string, NativePointer> {
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

    /** Slots of TlsAlloc below 64 stand in the TEB; the values of FlsAlloc are those that Windows tells when a thread ends. */
    threadSlot(onExit: NativePointer): ThreadSlot | null {
        const quick = this.#call.tlsAlloc();
        const watched = quick < TEB_TLS_SLOT_COUNT ? this.#call.flsAlloc(onExit) : FLS_OUT_OF_INDEXES;
        if (watched !== FLS_OUT_OF_INDEXES) {
            const distance = TEB_TLS_SLOTS + quick * Process.pointerSize;
            this.#call.tlsSetValue(quick, MARK);
            const found = threadRecord().add(distance).readPointer().equals(MARK);
            this.#call.tlsSetValue(quick, NULL);
            if (found) return { distance, watch: kernel32().getExportByName("FlsSetValue"), index: watched };
            this.#call.flsFree(watched);
        }
        if (quick !== TLS_OUT_OF_INDEXES) this.#call.tlsFree(quick);
        return null;
    }

    protectionNumber(protection: string): number {
        return PROTECTIONS[protection] ?? PROTECTIONS["r-x"]!;
    }

    /** Windows programs do not fork. */
    registerForkHandlers(_prepare: NativePointer, _parent: NativePointer, _child: NativePointer): void {}

    append(path: string, text: string): boolean {
        const created = this.#open(path, CREATE_NEW);
        const file = created ?? this.#open(path, OPEN_EXISTING);
        if (file === null) return false;
        const bytes = Memory.allocUtf8String(text.replaceAll("\n", "\r\n"));
        const isWritten =
            (created !== null || this.#isPlainFile(file, path)) &&
            this.#call.writeFile(file, bytes, utf8Length(bytes), Memory.alloc(4), NULL) !== 0;
        this.#call.closeHandle(file);
        return isWritten;
    }

    #open(path: string, disposition: number): NativePointer | null {
        const file = this.#call.createFile(
            Memory.allocUtf16String(path),
            FILE_APPEND_DATA | FILE_READ_ATTRIBUTES,
            FILE_SHARE_READ_WRITE,
            NULL,
            disposition,
            FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT,
            NULL,
        );
        return file.equals(INVALID_HANDLE) ? null : file;
    }

    /** On a disk, no folder, no link, and without a second name. */
    #isPlainFile(file: NativePointer, path: string): boolean {
        const facts = Memory.alloc(FILE_INFORMATION_BYTES);
        if (this.#call.getFileType(file) !== FILE_TYPE_DISK) return false;
        if (this.#call.getFileInformation(file, facts) === 0) return false;
        const attributes = facts.readU32();
        const names = facts.add(FILE_INFORMATION_LINKS).readU32();
        return (
            (attributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT)) === 0 &&
            names === 1 &&
            this.#isCalled(file, path)
        );
    }

    /** Wine follows a link of the system below it all the same, but tells then where it has got to. */
    #isCalled(file: NativePointer, path: string): boolean {
        const room = Memory.alloc(2 * PATH_CHARACTERS);
        const length = this.#call.getFinalPath(file, room, PATH_CHARACTERS, 0);
        if (length === 0 || length >= PATH_CHARACTERS) return false;
        const nameOf = (full: string): string => full.split(/[\\/]/).at(-1)!.toLowerCase();
        return nameOf(room.readUtf16String(length)!) === nameOf(path);
    }

    makeFolder(path: string): boolean {
        return this.#call.createDirectory(Memory.allocUtf16String(path), NULL) !== 0;
    }

    isFolder(path: string): boolean {
        const attributes = this.#call.getFileAttributes(Memory.allocUtf16String(path));
        return attributes !== INVALID_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) !== 0;
    }

    /** Folders that everybody may write to are not where Windows programs are installed. */
    isPlanted(_path: string): boolean {
        return false;
    }

    temporaryFolder(): string {
        const capacity = 261;
        const buffer = Memory.alloc(capacity * 2);
        const length = this.#call.getTempPath(capacity, buffer);
        return length > 0 && length < capacity ? buffer.readUtf16String(length)!.replace(/\\$/, "") : "C:\\";
    }
}

/** Wine calls reserved what lies outside of the areas that it has set aside, although it gives out of there as well. */
function isWine(): boolean {
    return ntdll().findExportByName("wine_get_version") !== null;
}

function kernelCalls() {
    return {
        virtualAlloc: native("VirtualAlloc", "pointer", ["pointer", "size_t", "uint", "uint"]),
        virtualFree: native("VirtualFree", "int", ["pointer", "size_t", "uint"]),
        virtualQuery: native("VirtualQuery", "uint32", ["uint32", "pointer", "uint32"]),
        getSystemInfo: native("GetSystemInfo", "void", ["pointer"]),
        createFile: native("CreateFileW", "pointer", ["pointer", "uint", "uint", "pointer", "uint", "uint", "pointer"]),
        writeFile: native("WriteFile", "int", ["pointer", "pointer", "uint", "pointer", "pointer"]),
        closeHandle: native("CloseHandle", "int", ["pointer"]),
        getFileType: native("GetFileType", "uint", ["pointer"]),
        getFileInformation: native("GetFileInformationByHandle", "int", ["pointer", "pointer"]),
        getFinalPath: native("GetFinalPathNameByHandleW", "uint", ["pointer", "pointer", "uint", "uint"]),
        createDirectory: native("CreateDirectoryW", "int", ["pointer", "pointer"]),
        getFileAttributes: native("GetFileAttributesW", "uint", ["pointer"]),
        tlsAlloc: native("TlsAlloc", "uint", []),
        tlsFree: native("TlsFree", "int", ["uint"]),
        tlsSetValue: native("TlsSetValue", "int", ["uint", "pointer"]),
        flsAlloc: native("FlsAlloc", "uint", ["pointer"]),
        flsFree: native("FlsFree", "int", ["uint"]),
        getTempPath: native("GetTempPathW", "uint", ["uint", "pointer"]),
    };
}

function kernel32(): Module {
    return Process.getModuleByName("kernel32.dll");
}

function ntdll(): Module {
    return Process.getModuleByName("ntdll.dll");
}

function utf8Length(text: NativePointer): number {
    let length = 0;
    while (text.add(length).readU8() !== 0) length++;
    return length;
}

function native<R extends NativeFunctionReturnType, A extends NativeFunctionArgumentType[] | []>(
    name: string,
    result: R,
    argumentTypes: A,
): NativeFunction<
    GetNativeFunctionReturnValue<R>,
    ResolveVariadic<Extract<GetNativeFunctionArgumentValue<A>, unknown[]>>
> {
    return new NativeFunction(kernel32().getExportByName(name), result, argumentTypes, "stdcall");
}
