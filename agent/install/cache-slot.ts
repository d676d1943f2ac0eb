import { platform } from "../process/platform/index.js";

/**
 * A thread-local slot at a fixed offset from the address in the thread register, initially NULL, where the C of the pool
 * stores the pointer to the thread's cache; and the function that registers the thread for a callback at its end.
 */
export interface CacheSlot {
    /** Macros for the C: the slot's offset, and the function that registers a thread. */
    imports: Record<string, NativePointer>;
    /** Sets the address of `pool_thread_exit`, once it is compiled. Before that the callback does nothing. */
    setThreadExit: (threadExit: NativePointer) => void;
    /** Gives the slot back. Only while no thread has used it. */
    free: () => void;
    /** Code of the callback; retain it. */
    memory: NativePointer;
}

const jumpBytes = 64;

/** Null if the system has no such slot left: threads then share one cache, which is slower. */
export function allocateCacheSlot(): CacheSlot | null {
    const memory = Memory.alloc(Process.pageSize);
    write(memory, (writer) => writer.putRet());
    const slot = platform().allocateThreadSlot(memory);
    if (slot === null) return null;
    return {
        imports: {
            POOLNV_CACHE_SLOT: ptr(slot.distance),
            POOLNV_WATCH: slot.watch,
            POOLNV_WATCH_INDEX: ptr(slot.index),
        },
        setThreadExit: (threadExit) => write(memory, (writer) => writer.putJmpAddress(threadExit)),
        free: slot.free,
        memory,
    };
}

function write(memory: NativePointer, instruction: (writer: X86Writer) => void): void {
    Memory.patchCode(memory, jumpBytes, (code) => {
        const writer = new X86Writer(code, { pc: memory });
        instruction(writer);
        writer.flush();
        writer.dispose();
    });
}
