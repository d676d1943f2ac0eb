import { crtFamilyLinux } from "../../generated/layout.js";
import type { RuntimeProfile } from "./profile.js";

/** The C library of Linux programs: glibc, musl, or an allocator that stands in for theirs. */
export const libc: RuntimeProfile = {
    name: "libc",
    /** The module whose malloc the program really calls: with a preloaded allocator that is not the C library. */
    find() {
        const malloc = Module.findGlobalExportByName("malloc");
        return malloc === null ? null : Process.findModuleByAddress(malloc);
    },
    family: crtFamilyLinux.map(({ name }) => name),
    required: crtFamilyLinux.filter(({ needed }) => needed).map(({ name }) => name),
};
