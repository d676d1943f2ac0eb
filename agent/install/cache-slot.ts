import { platform } from "../process/platform/index.js";
import type { Taken } from "./taken.js";

/**
 * A thread-local slot at a fixed offset from the address in the thread register, initially NULL, where the C of the pool
 * stores the pointer to the thread's cache; and the function that registers the thread for a callback at its end.
 */
export interface CacheSlot {
    /** Macros for the C: the slot's offset, and the function that registers a thread. */
    imports: Record<string, NativePointer>;
    /** Sets the address of `pool_thread_exit`, once it is compiled. Before that the callback does nothing. */
    setThreadExit: (threadExit: NativePointer) => void;
}

/** Null if the system has no such slot left: threads then share one cache, which is slower. */
export function allocateCacheSlot(taken: Taken): CacheSlot | null {
    const callback = taken.memory(Process.pageSize, "the end of a thread");
    write(callback, (writer) => writer.putRet());
    const slot = platform().allocateThreadSlot(callback);
    if (slot === null) return null;
    taken.add(slot.free); // before any thread of the program has used it
    return {
        imports: {
            POOLNV_CACHE_SLOT: ptr(slot.distance),
            POOLNV_WATCH: slot.watch,
            POOLNV_WATCH_INDEX: ptr(slot.index),
        },
        setThreadExit: (threadExit) => write(callback, (writer) => writer.putJmpAddress(threadExit)),
    };
}

function write(page: NativePointer, instruction: (writer: X86Writer) => void): void {
    Memory.protect(page, Process.pageSize, "rw-");
    const writer = new X86Writer(page, { pc: page });
    instruction(writer);
    writer.flush();
    writer.dispose();
    Memory.protect(page, Process.pageSize, "r-x");
}
