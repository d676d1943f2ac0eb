/** A value that every thread has for itself. */
export interface ThreadSlot {
    /** Bytes from what the thread register points at to the value. */
    distance: number;
    watch: NativePointer;
    /** First argument of `watch`. */
    index: number;
}

/** The door to the operating system of the target: one implementation for each, chosen in `index.ts`. */
export interface System {
    readonly name: "linux" | "windows";
    /** Reserves address space without backing, or null where there is no such hole. */
    reserve(bytes: number): NativePointer | null;
    release(base: NativePointer, bytes: number): void;
    /** Whether nobody has any of a range of addresses; null where the C of the pool can't reserve in segments. */
    readonly isFree: ((base: NativePointer, bytes: number) => boolean) | null;
    /**
     * How much a 32-bit process can address at most, and the size of each range of it that nobody has, in bytes. Of a lower
     * bound there may be more.
     */
    freeRanges(): { total: number; holes: number[]; isLowerBound: boolean };
    /** Zeroed, readable, writable, private memory that stands alone in the memory map; null when refused. */
    allocate(bytes: number): NativePointer | null;
    /** Names and addresses of the system's functions that the C of the pool calls. */
    poolImports(): Record<string, NativePointer>;
    /** The same for the C that stops threads and patches. */
    armImports(): Record<string, NativePointer>;
    /** The system's own number for a protection such as `r-x`. */
    protectionNumber(protection: string): number;
    /**
     * Takes a slot that each thread has for a value of its own; null where none is quick to reach. The watch function,
     * called with index and value, makes `onExit` be called with the value when the calling thread ends.
     */
    threadSlot(onExit: NativePointer): ThreadSlot | null;
    /** Where the system can fork: what to call before, and after in parent and child. */
    registerForkHandlers(prepare: NativePointer, parent: NativePointer, child: NativePointer): void;
    /**
     * Appends to a file, creating it. Never through a link at its end, to nothing but a file (or a device that stands
     * where only its owner can put things), and not to one that a stranger may have planted. False when it did not.
     */
    append(path: string, text: string): boolean;
    /** Makes one folder. False when it could not, or when it is there already. */
    makeFolder(path: string): boolean;
    isFolder(path: string): boolean;
    /** Whether a stranger may have put what bears this name where it is. */
    isPlanted(path: string): boolean;
    readonly separator: "/" | "\\";
    temporaryFolder(): string;
}
