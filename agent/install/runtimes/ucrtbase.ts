import { msvcrt } from "./msvcrt.js";
import type { RuntimeProfile } from "./profile.js";

/** The Universal C Runtime. The CRT itself calls the `_base` functions without passing the plain ones. */
export const ucrtbase: RuntimeProfile = {
    name: "ucrtbase",
    find: () => Process.findModuleByName("ucrtbase.dll"),
    /** The `_base` functions first, so that a plain one which is only a jump to them counts as their alias. */
    family: [...msvcrt.family].sort((a, b) => Number(b.endsWith("_base")) - Number(a.endsWith("_base"))),
    required: msvcrt.required,
};
