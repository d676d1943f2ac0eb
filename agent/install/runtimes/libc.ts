import { crtFamilyLinux } from "../../../shared/layout.js";
import type { RuntimeProfile } from "./profile.js";

/** The C library of Linux programs: glibc, musl, or an allocator that stands in for theirs. */
export const libc: RuntimeProfile = {
    name: "libc",
    /** The module whose malloc the program really calls: with a preloaded allocator that is not the C library. */
    find() {
        const malloc = Module.findGlobalExportByName("malloc");
        if (malloc === null) return null;
        const found = Process.findModuleByAddress(malloc);
        if (found !== null && definesMalloc(found)) return found;
        // A program that is not position-independent and takes malloc's address stands for it with a stub of its own.
        return Process.enumerateModules().find(definesMalloc) ?? null;
    },
    family: crtFamilyLinux.map(({ name }) => name),
    required: crtFamilyLinux.filter(({ needed }) => needed).map(({ name }) => name),
};

/** Asked for a symbol that it has not, a library answers with that of a library it needs. */
function definesMalloc(module: Module): boolean {
    const malloc = module.findExportByName("malloc");
    return malloc !== null && Process.findModuleByAddress(malloc)?.base.equals(module.base) === true;
}
