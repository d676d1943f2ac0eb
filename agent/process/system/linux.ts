import { LinuxFiles } from "./linux-files.js";
import { gapsBetween, mappedRanges } from "./linux-maps.js";
import type { System, ThreadSlot } from "./system.js";
import { threadRecord } from "./thread-register.js";

/* asm-generic/mman-common.h (the same numbers on x64 and i386) */
const PROT_NONE = 0;
const PROT_READ_WRITE = 3;
const MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;
/** glibc's struct pthread holds the first keys well within this, in every version so far. */
const RECORD_BYTES = 0x400;
const THREE_GB = 0xc0000000;
const FOUR_GB = 2 ** 32;
const MARK = ptr(0x706f6f6c);

export class LinuxSystem implements System {
    readonly name = "linux";
    readonly separator = "/";
    readonly isFree = null;
    readonly #call = libcCalls();
    readonly #files = new LinuxFiles(libc());

    /** A megabyte more than asked for is reserved and cut to size, so that the region begins at a multiple of it. */
    reserve(bytes: number): NativePointer | null {
        const slack = 0x100000;
        const found = this.#map(bytes + slack, PROT_NONE);
        if (found === null) return null;
        const base = found.add(slack - 1).and(ptr(slack - 1).not());
        const before = base.sub(found).toUInt32();
        if (before > 0) this.#call.munmap(found, before);
        if (before < slack) this.#call.munmap(base.add(bytes), slack - before);
        return base;
    }

    release(base: NativePointer, bytes: number): void {
        this.#call.munmap(base, bytes);
    }

    /** A 32-bit program has 4 GB under a 64-bit kernel and 3 GB under one of 32 bits. */
    freeRanges(): { total: number; holes: number[]; isLowerBound: boolean } {
        const mapped = mappedRanges("/proc/self/maps");
        const total = mapped.some(([, to]) => to > THREE_GB) ? FOUR_GB : THREE_GB;
        return { total, holes: gapsBetween(mapped, 0, total), isLowerBound: false };
    }

    /** Between two pages without access, so that the kernel cannot merge it with a neighbour. */
    allocate(bytes: number): NativePointer | null {
        const guard = Process.pageSize;
        const whole = this.#map(bytes + 2 * guard, PROT_NONE);
        if (whole === null) return null;
        const base = whole.add(guard);
        return this.#call.mprotect(base, bytes, PROT_READ_WRITE) === 0 ? base : null;
    }

    poolImports(): Record<string, NativePointer> {
        return {
            POOLNV_COMMIT: symbol("mprotect"),
            POOLNV_DECOMMIT: symbol("madvise"),
            POOLNV_YIELD: symbol("sched_yield"),
            POOLNV_GETPID: symbol("getpid"),
            POOLNV_ERRNO: symbol("__errno_location"),
        };
    }

    armImports(): Record<string, NativePointer> {
        return {
            POOLNV_SYSCALL: symbol("syscall"),
            POOLNV_CLONE: symbol("clone"),
            POOLNV_ERRNO: symbol("__errno_location"),
        };
    }

    /** glibc keeps the values of the first 32 keys in the thread's own record; where exactly is found by trying. */
    threadSlot(onExit: NativePointer): ThreadSlot | null {
        const key = Memory.alloc(4);
        if (this.#call.keyCreate(key, onExit) !== 0) return null;
        const index = key.readU32();
        const distance = this.#distanceOfKey(index);
        if (distance !== null) return { distance, watch: symbol("pthread_setspecific"), index };
        this.#call.keyDelete(index);
        return null;
    }

    #distanceOfKey(index: number): number | null {
        const record = threadRecord();
        const holds = (value: NativePointer, distance: number): boolean => {
            this.#call.setSpecific(index, value);
            return record.add(distance).readPointer().equals(value);
        };
        for (let distance = 0; distance < RECORD_BYTES; distance += Process.pointerSize)
            if (holds(MARK, distance)) return holds(NULL, distance) ? distance : null;
        this.#call.setSpecific(index, NULL);
        return null;
    }

    protectionNumber(protection: string): number {
        const bit = (letter: string, value: number): number => (protection.includes(letter) ? value : 0);
        return bit("r", 1) | bit("w", 2) | bit("x", 4);
    }

    registerForkHandlers(prepare: NativePointer, parent: NativePointer, child: NativePointer): void {
        const glibc = libc().findExportByName("__register_atfork");
        if (glibc !== null) {
            const register = new NativeFunction(glibc, "int", ["pointer", "pointer", "pointer", "pointer"]);
            register(prepare, parent, child, NULL);
            return;
        }
        native("pthread_atfork", "int", ["pointer", "pointer", "pointer"])(prepare, parent, child);
    }

    append(path: string, text: string): boolean {
        return this.#files.append(path, text);
    }

    makeFolder(path: string): boolean {
        return this.#files.makeFolder(path);
    }

    isFolder(path: string): boolean {
        return this.#files.isFolder(path);
    }

    isPlanted(path: string): boolean {
        return this.#files.isPlanted(path);
    }

    temporaryFolder(): string {
        return "/tmp";
    }

    #map(bytes: number, protection: number): NativePointer | null {
        const base = this.#call.mmap(NULL, bytes, protection, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0);
        return base.equals(ptr(-1)) ? null : base;
    }
}

function libcCalls() {
    return {
        mmap: native("mmap", "pointer", ["pointer", "size_t", "int", "int", "int", "long"]),
        munmap: native("munmap", "int", ["pointer", "size_t"]),
        mprotect: native("mprotect", "int", ["pointer", "size_t", "int"]),
        keyCreate: native("pthread_key_create", "int", ["pointer", "pointer"]),
        keyDelete: native("pthread_key_delete", "int", ["uint"]),
        setSpecific: native("pthread_setspecific", "int", ["uint", "pointer"]),
    };
}

/** The C library that the program uses, found by what it exports, because its file is called differently everywhere. */
function libc(): Module {
    return Process.getModuleByAddress(Module.getGlobalExportByName("mmap"));
}

function symbol(name: string): NativePointer {
    return libc().getExportByName(name);
}

function native<R extends NativeFunctionReturnType, A extends NativeFunctionArgumentType[] | []>(
    name: string,
    result: R,
    argumentTypes: A,
): NativeFunction<
    GetNativeFunctionReturnValue<R>,
    ResolveVariadic<Extract<GetNativeFunctionArgumentValue<A>, unknown[]>>
> {
    return new NativeFunction(symbol(name), result, argumentTypes);
}
