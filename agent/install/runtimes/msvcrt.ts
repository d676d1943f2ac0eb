import { crtFamilyWindows } from "../../../shared/layout.js";
import type { RuntimeProfile } from "./profile.js";

/** The C runtime that ships with Windows itself, and Wine's. */
export const msvcrt: RuntimeProfile = {
    name: "msvcrt",
    find: () => Process.findModuleByName("msvcrt.dll"),
    family: crtFamilyWindows.map(({ name }) => name),
    required: crtFamilyWindows.filter(({ needed }) => needed).map(({ name }) => name),
};
