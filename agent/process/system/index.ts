import { Refusal } from "../../refusal.js";
import { LinuxSystem } from "./linux.js";
import type { System } from "./system.js";
import { WindowsSystem } from "./windows.js";

export type { System } from "./system.js";

let chosen: System | null = null;

/**
 * The system of this process.
 *
 * @throws Refusal UNSUPPORTED_PLATFORM on those that poolnv does not know
 */
export function system(): System {
    chosen ??= choose();
    return chosen;
}

function choose(): System {
    const { platform, arch } = Process;
    if (platform === "linux" && (arch === "x64" || arch === "ia32")) return new LinuxSystem();
    if (platform === "windows" && arch === "ia32") return new WindowsSystem();
    throw new Refusal(
        "UNSUPPORTED_PLATFORM",
        `${platform} on ${arch} is not supported: poolnv serves 32-bit Windows programs and x64 and i386 Linux programs`,
    );
}
