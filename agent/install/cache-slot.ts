import { system } from "../process/system/index.js";

/**
 * A place at a fixed distance from every thread's thread register, NULL in each thread at first, where the C of the pool
 * keeps the thread's cache; and a function of the system that makes it call the pool when such a thread ends.
 */
export interface CacheSlot {
    /** Macros for the C: where the slot is, and how a thread is watched. */
    imports: Record<string, NativePointer>;
    /** Says where `pool_thread_exit` is, once it is compiled. Nothing is watched before. */
    lead: (threadExit: NativePointer) => void;
    /** Keep it: the code that leads there. */
    memory: NativePointer;
}

const JUMP_ROOM_BYTES = 64;

/** Null where the system has no such place left: threads then share one cache, which is slower. */
export function takeCacheSlot(): CacheSlot | null {
    const memory = Memory.alloc(Process.pageSize);
    write(memory, (writer) => writer.putRet());
    const slot = system().threadSlot(memory);
    if (slot === null) return null;
    return {
        imports: {
            POOLNV_CACHE_SLOT: ptr(slot.distance),
            POOLNV_WATCH: slot.watch,
            POOLNV_WATCH_INDEX: ptr(slot.index),
        },
        lead: (threadExit) => write(memory, (writer) => writer.putJmpAddress(threadExit)),
        memory,
    };
}

function write(memory: NativePointer, instruction: (writer: X86Writer) => void): void {
    Memory.patchCode(memory, JUMP_ROOM_BYTES, (code) => {
        const writer = new X86Writer(code, { pc: memory });
        instruction(writer);
        writer.flush();
        writer.dispose();
    });
}
