import type { SeenException } from "../../shared/protocol.js";

/** More are not told: a program may raise and handle any number of them. */
const TOLD_AT_MOST = 8;
/** How long a thread waits after that, so that what was told leaves the program before it ends. */
const WAIT_SECONDS = 0.5;

/** What programs die of. A stack that has overflowed has no room for us. */
const fatal = new Set(["abort", "access-violation", "illegal-instruction", "arithmetic"]);

let told: number | null = null;

/**
 * From now on tells of exceptions as they are raised, as messages; who handles them, and whether anybody does, stays as it
 * is. Ends with the script.
 */
export function watchExceptions(): null {
    if (told !== null) return null;
    told = 0;
    Process.setExceptionHandler(({ type, address }) => {
        if (!fatal.has(type)) return false;
        if (told!++ >= TOLD_AT_MOST) return false;
        send(describe(type, address));
        Thread.sleep(WAIT_SECONDS);
        return false;
    });
    return null;
}

function describe(type: string, address: NativePointer): SeenException {
    const module = Process.findModuleByAddress(address);
    return {
        type,
        address: `0x${address.toString(16).padStart(8, "0")}`,
        module: module === null ? null : module.name,
        offset: module === null ? null : address.sub(module.base).toUInt32(),
    };
}
