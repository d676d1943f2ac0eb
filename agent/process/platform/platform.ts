/** A pointer-sized value that each thread has of its own. */
export interface ThreadSlot {
    /** Offset of the value from the address in the thread register, in bytes. */
    distance: number;
    /** Function of the system that sets the value by which the end of a thread is noticed. */
    watch: NativePointer;
    /** First argument of `watch`. */
    index: number;
    /** Gives the slot back. Only while no thread has called `watch`. */
    free: () => void;
}

/** The file of a mailbox. */
export interface MailboxFile {
    path: string;
    /** The folder that it is in. */
    folder: string;
    /** Deletes it. */
    close: () => void;
}

/** Calls to the operating system of the program: one implementation for each, chosen in `index.ts`. */
export interface Platform {
    readonly name: "linux" | "windows";
    readonly separator: "/" | "\\";
    /** Reserves address space without backing; null if there is no free range of that size. */
    reserve(bytes: number): NativePointer | null;
    release(base: NativePointer, bytes: number): void;
    /** How much more address space and writable memory the limits of this process permit, in bytes; Infinity: no limit. */
    permittedBytes(): number;
    /** Whether a whole range of addresses is free; null if the C of the pool can't reserve in segments here. */
    readonly isFree: ((base: NativePointer, bytes: number) => boolean) | null;
    /** Size of a 32-bit process's address space and of each free range, in bytes; of a lower bound there may be more. */
    freeRanges(): { total: number; holes: number[]; isLowerBound: boolean };
    /** Zeroed, readable, writable, private memory with a range of its own in the memory map; null if refused. */
    allocate(bytes: number): NativePointer | null;
    /** Releases what `allocate` has returned. */
    free(base: NativePointer, bytes: number): void;
    /** The same as `allocate`, within reach of a near jump from there; to be released by `release`. */
    allocateNear(bytes: number, near: NativePointer): NativePointer | null;
    /** Macros with the addresses of the functions that the C of the pool calls. */
    poolImports(): Record<string, NativePointer>;
    /** The same for the C that suspends threads and writes the hooks. */
    patchImports(): Record<string, NativePointer>;
    /** The same for the C of the resident. */
    residentImports(): Record<string, NativePointer>;
    /** Whether this is a Windows program under Wine. */
    isWine(): boolean;
    /**
     * Keeps a module in the program until its end, so that hooks in it stay and trampolines lead somewhere, even if the
     * program releases it too often. There is no way back.
     */
    keepLoaded(module: Module): void;
    /** The system's constant for a protection such as `r-x`. */
    protectionNumber(protection: string): number;
    /**
     * Allocates a thread-local slot; null if none can be reached by one instruction. Once a thread has called the slot's
     * `watch` with index and value, `onExit` is called with the value when that thread ends.
     */
    allocateThreadSlot(onExit: NativePointer): ThreadSlot | null;
    /**
     * Registers functions, or NULL, to call before a fork, and after it in parent and child; nothing on Windows.
     *
     * @returns a function that takes them back: the addresses are not called again
     */
    registerForkHandlers(prepare: NativePointer, parent: NativePointer, child: NativePointer): () => void;
    /**
     * Makes a file for the mailbox where hosts may not be able to reach the program's memory; else null. It exists until
     * the program ends.
     */
    makeMailboxFile(content: Uint8Array): MailboxFile | null;
    /** Pids of the other processes that run a program of this one's name, where a host can't know them; else none. */
    namesakes(): number[];
    /** Creates one directory. False if that fails or if it exists. */
    createDirectory(path: string): boolean;
    isDirectory(path: string): boolean;
    /** Whether another user may have created what is at this path, be it a link. */
    isUntrusted(path: string): boolean;
    temporaryFolder(): string;
}
