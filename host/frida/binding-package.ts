import { existsSync, readFileSync } from "node:fs";

/**
 * Version of the npm package `frida`, the same as that of the frida-core in it; null if the package or its binary is
 * missing.
 */
export function bindingVersion(): string | null {
    try {
        const root = new URL("../../", import.meta.resolve("frida"));
        if (!existsSync(new URL("build/frida_binding.node", root))) return null;
        return (JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as { version: string }).version;
    } catch {
        return null;
    }
}

/** With older ones a second host's attach hangs on Linux once an eternalized script's first host has ended. */
export function isNewEnoughForLinux(version: string): boolean {
    const [major = 0, minor = 0] = version.split(".").map(Number);
    return major > 17 || (major === 17 && minor >= 25);
}
