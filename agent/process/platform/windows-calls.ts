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
