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
        getFileType: native("GetFileType", "uint", ["pointer"]),
        getFileInformation: native("GetFileInformationByHandle", "int", ["pointer", "pointer"]),
        getFinalPath: native("GetFinalPathNameByHandleW", "uint", ["pointer", "pointer", "uint", "uint"]),
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
