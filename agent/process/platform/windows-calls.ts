/** Functions of the Windows system libraries, which every Windows program has loaded. */

export function kernel32(): Module {
    return Process.getModuleByName("kernel32.dll");
}

export function ntdll(): Module {
    return Process.getModuleByName("ntdll.dll");
}

/** A function of kernel32, or of another module. */
export function native<R extends NativeFunctionReturnType, A extends NativeFunctionArgumentType[] | []>(
    name: string,
    result: R,
    argumentTypes: A,
    module = kernel32(),
): NativeFunction<
    GetNativeFunctionReturnValue<R>,
    ResolveVariadic<Extract<GetNativeFunctionArgumentValue<A>, unknown[]>>
> {
    return new NativeFunction(module.getExportByName(name), result, argumentTypes, "stdcall");
}

/** What CreateFileW and CreateToolhelp32Snapshot return if they fail. */
export const invalidHandle = ptr(-1);

export type KernelCalls = ReturnType<typeof kernelCalls>;

/** The functions of kernel32 that the platform calls again and again. */
export function kernelCalls() {
    return {
        virtualAlloc: native("VirtualAlloc", "pointer", ["pointer", "size_t", "uint", "uint"]),
        virtualFree: native("VirtualFree", "int", ["pointer", "size_t", "uint"]),
        virtualQuery: native("VirtualQuery", "uint32", ["uint32", "pointer", "uint32"]),
        getSystemInfo: native("GetSystemInfo", "void", ["pointer"]),
        createFile: native("CreateFileW", "pointer", ["pointer", "uint", "uint", "pointer", "uint", "uint", "pointer"]),
        writeFile: native("WriteFile", "int", ["pointer", "pointer", "uint", "pointer", "pointer"]),
        closeHandle: native("CloseHandle", "int", ["pointer"]),
        createDirectory: native("CreateDirectoryW", "int", ["pointer", "pointer"]),
        getFileAttributes: native("GetFileAttributesW", "uint", ["pointer"]),
        getModuleHandleEx: native("GetModuleHandleExW", "int", ["uint", "pointer", "pointer"]),
        tlsAlloc: native("TlsAlloc", "uint", []),
        tlsFree: native("TlsFree", "int", ["uint"]),
        tlsSetValue: native("TlsSetValue", "int", ["uint", "pointer"]),
        flsAlloc: native("FlsAlloc", "uint", ["pointer"]),
        flsFree: native("FlsFree", "int", ["uint"]),
        getTempPath: native("GetTempPathW", "uint", ["uint", "pointer"]),
    };
}

/** Functions that the C of the resident calls, by its macros. */
export function residentImports(): Record<string, NativePointer> {
    return { ...addresses(kernel32(), ofKernel32), ...addresses(ntdll(), ofNtdll) };
}

const ofKernel32 = {
    POOLNV_CREATE_THREAD: "CreateThread",
    POOLNV_CLOSE_HANDLE: "CloseHandle",
    POOLNV_WAIT_FOR_OBJECT: "WaitForSingleObject",
    POOLNV_SLEEP: "Sleep",
    POOLNV_GET_LAST_ERROR: "GetLastError",
    POOLNV_GET_TICK_COUNT: "GetTickCount",
    POOLNV_GET_SYSTEM_TIME: "GetSystemTime",
    POOLNV_GET_CURRENT_PROCESS_ID: "GetCurrentProcessId",
    POOLNV_GET_CURRENT_THREAD_ID: "GetCurrentThreadId",
    POOLNV_FIND_FIRST_CHANGE: "FindFirstChangeNotificationW",
    POOLNV_FIND_NEXT_CHANGE: "FindNextChangeNotification",
    POOLNV_FIND_CLOSE_CHANGE: "FindCloseChangeNotification",
    POOLNV_CREATE_FILE: "CreateFileW",
    POOLNV_READ_FILE: "ReadFile",
    POOLNV_WRITE_FILE: "WriteFile",
    POOLNV_GET_FILE_TYPE: "GetFileType",
    POOLNV_GET_FILE_INFORMATION: "GetFileInformationByHandle",
    POOLNV_GET_FINAL_PATH: "GetFinalPathNameByHandleW",
    POOLNV_COMPARE_STRINGS: "CompareStringOrdinal",
    POOLNV_WIDE_TO_BYTES: "WideCharToMultiByte",
    POOLNV_BYTES_TO_WIDE: "MultiByteToWideChar",
    POOLNV_GET_SYSTEM_INFO: "GetSystemInfo",
    POOLNV_VIRTUAL_QUERY: "VirtualQuery",
    POOLNV_READ_PROCESS_MEMORY: "ReadProcessMemory",
    POOLNV_COPY_STRING: "lstrcpynA",
    POOLNV_CREATE_SNAPSHOT: "CreateToolhelp32Snapshot",
    POOLNV_PROCESS_FIRST: "Process32FirstW",
    POOLNV_PROCESS_NEXT: "Process32NextW",
};

const ofNtdll = {
    POOLNV_NT_QUERY_THREAD: "NtQueryInformationThread",
    POOLNV_NT_SET_THREAD: "NtSetInformationThread",
    POOLNV_ADD_EXCEPTION_HANDLER: "RtlAddVectoredExceptionHandler",
};

function addresses(module: Module, names: Record<string, string>): Record<string, NativePointer> {
    return Object.fromEntries(Object.entries(names).map(([macro, name]) => [macro, module.getExportByName(name)]));
}
