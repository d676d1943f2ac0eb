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

/** The C library of Linux programs, even if another module defines the malloc that they call. */
export const libc: RuntimeProfile = {
    name: "libc",
    /** Found by the function that starts every program, because its file name differs between distributions. */
    find() {
        const start = Module.findGlobalExportByName("__libc_start_main");
        return start === null ? null : Process.findModuleByAddress(start);
    },
    family: crtFamilyLinux.map(({ name }) => name),
    required: crtFamilyLinux.filter(({ needed }) => needed).map(({ name }) => name),
};

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
