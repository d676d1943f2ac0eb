import { crtFamilyLinux, crtFamilyWindows } from "../../shared/layout.js";

/** A kind of C runtime: how to find it, and the functions of its allocation family. */
export interface RuntimeProfile {
    name: string;
    /** The runtime's module in this process, or null. */
    find(): Module | null;
    /** Functions that allocate, free, resize or measure a block. Of two names with one address the first counts. */
    family: readonly string[];
    /** Functions without which nothing is hooked. */
    required: readonly string[];
}

/** The C library of Linux programs: glibc, musl, or a preloaded allocator. */
export const libc: RuntimeProfile = {
    name: "libc",
    /** The module whose malloc the program calls: with a preloaded allocator that is not the C library. */
    find() {
        const malloc = Module.findGlobalExportByName("malloc");
        if (malloc === null) return null;
        const found = Process.findModuleByAddress(malloc);
        if (found !== null && definesMalloc(found)) return found;
        // A program that is not position-independent and takes the address of malloc exports a stub of its own.
        return Process.enumerateModules().find(definesMalloc) ?? null;
    },
    family: crtFamilyLinux.map(({ name }) => name),
    required: crtFamilyLinux.filter(({ needed }) => needed).map(({ name }) => name),
};

/** A library returns the export of a library that it depends on if it has none of that name itself. */
function definesMalloc(module: Module): boolean {
    const malloc = module.findExportByName("malloc");
    return malloc !== null && Process.findModuleByAddress(malloc)?.base.equals(module.base) === true;
}

/** The C runtime that ships with Windows itself, and Wine's. */
export const msvcrt: RuntimeProfile = {
    name: "msvcrt",
    find: () => Process.findModuleByName("msvcrt.dll"),
    family: crtFamilyWindows.map(({ name }) => name),
    required: crtFamilyWindows.filter(({ needed }) => needed).map(({ name }) => name),
};

/** The Universal C Runtime. The CRT itself calls the `_base` functions without the plain ones. */
export const ucrtbase: RuntimeProfile = {
    name: "ucrtbase",
    find: () => Process.findModuleByName("ucrtbase.dll"),
    /** The `_base` functions first, so that a plain function that is only a jump to one counts as its alias. */
    family: [...msvcrt.family].sort((a, b) => Number(b.endsWith("_base")) - Number(a.endsWith("_base"))),
    required: msvcrt.required,
};
