import { Refusal } from "../../refusal.js";
import { LinuxPlatform } from "./linux.js";
import type { Platform } from "./platform.js";
import { WindowsPlatform } from "./windows.js";

let chosen: Platform | null = null;

/**
 * The platform of this process.
 *
 * @throws Refusal UNSUPPORTED_PLATFORM
 */
export function platform(): Platform {
    chosen ??= choose();
    return chosen;
}

function choose(): Platform {
    const { platform: name, arch } = Process;
    if (name === "linux" && (arch === "x64" || arch === "ia32")) return new LinuxPlatform();
    if (name === "windows" && arch === "ia32") return new WindowsPlatform();
    throw new Refusal(
        "UNSUPPORTED_PLATFORM",
        `${name} on ${arch} is not supported: poolnv supports 32-bit Windows programs and x64 and i386 Linux programs`,
    );
}
