import type { SeenException } from "../../shared/protocol/pool.js";

/** Later ones are not reported: a program may raise and handle any number of them. */
const reportLimit = 8;
/** How long the thread waits after a report, so that the message leaves the program before it ends. */
const waitSeconds = 0.5;

/** Those that programs die of. After a stack overflow there is no stack left for the handler. */
const fatal = new Set(["abort", "access-violation", "illegal-instruction", "arithmetic"]);

let reported: number | null = null;

/** From now on reports exceptions as messages when they are raised; their handling is not changed. Ends with the script. */
export function watchExceptions(): null {
    if (reported !== null) return null;
    reported = 0;
    Process.setExceptionHandler(({ type, address }) => {
        if (!fatal.has(type)) return false;
        if (reported!++ >= reportLimit) return false;
        send(describe(type, address));
        Thread.sleep(waitSeconds);
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
