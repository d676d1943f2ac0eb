import { LinuxFiles } from "./linux-files.js";
import { addressSpaceInUse, gapsBetween, mappedRanges, placesNear } from "./linux-map.js";
import type { Platform, ThreadSlot } from "./platform.js";
import { threadRecord } from "./thread-register.js";

/* asm-generic/mman-common.h (the same numbers on x64 and i386) */
const protNone = 0;
const protReadWrite = 3;
const mapPrivateAnonymousNoreserve = 0x4022;
/** glibc's struct pthread holds the first keys well within this, in every version so far. */
const recordBytes = 0x400;
/* asm-generic/resource.h */
const rlimitData = 2;
const rlimitAs = 9;
const threeGb = 0xc0000000;
const fourGb = 2 ** 32;
const mark = ptr(0x706f6f6c);

export class LinuxPlatform implements Platform {
    readonly name = "linux";
    readonly separator = "/";
    readonly isFree = null;
    readonly #call = libcCalls();
    readonly #files = new LinuxFiles(libc());

    /** Reserves a megabyte more and cuts it to size, so that the region is aligned to a megabyte. */
    reserve(bytes: number): NativePointer | null {
        const slack = 0x100000;
        const found = this.#map(bytes + slack, protNone);
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

    permittedBytes(): number {
        const used = addressSpaceInUse();
        const left = (limit: number, bytes: number): number => Math.max(0, this.#softLimit(limit) - bytes);
        return Math.min(left(rlimitAs, used.total), left(rlimitData, used.data));
    }

    /** A 32-bit program has 4 GB under a 64-bit kernel and 3 GB under one of 32 bits. */
    freeRanges(): { total: number; holes: number[]; isLowerBound: boolean } {
        const mapped = mappedRanges();
        const total = mapped.some(({ to }) => to > threeGb) ? fourGb : threeGb;
        return { total, holes: gapsBetween(mapped, total).map(({ from, to }) => to - from), isLowerBound: false };
    }

    /** Between two pages without access, so that the kernel does not merge it with a neighbour. */
    allocate(bytes: number): NativePointer | null {
        const guard = Process.pageSize;
        const whole = this.#map(bytes + 2 * guard, protNone);
        if (whole === null) return null;
        const base = whole.add(guard);
        if (this.#call.mprotect(base, bytes, protReadWrite) === 0) return base;
        this.free(base, bytes);
        return null;
    }

    free(base: NativePointer, bytes: number): void {
        const guard = Process.pageSize;
        this.release(base.sub(guard), bytes + 2 * guard);
    }

    allocateNear(bytes: number, near: NativePointer): NativePointer | null {
        if (Process.pointerSize === 4) return this.#map(bytes, protReadWrite); // addresses wrap around
        for (const wanted of placesNear(Number(near.toString()), bytes)) {
            const base = this.#map(bytes, protReadWrite, ptr(wanted));
            if (base?.equals(ptr(wanted)) === true) return base;
            if (base !== null) this.release(base, bytes);
        }
        return null;
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

    patchImports(): Record<string, NativePointer> {
        return {
            POOLNV_SYSCALL: symbol("syscall"),
            POOLNV_CLONE: symbol("clone"),
            POOLNV_ERRNO: symbol("__errno_location"),
        };
    }

    residentImports(): Record<string, NativePointer> {
        const threads = libc().findExportByName("__nptl_nthreads");
        return {
            POOLNV_PTHREAD_CREATE: symbol("pthread_create"),
            POOLNV_PTHREAD_JOIN: symbol("pthread_join"),
            POOLNV_PTHREAD_DETACH: symbol("pthread_detach"),
            POOLNV_PTHREAD_ATTR_INIT: symbol("pthread_attr_init"),
            POOLNV_PTHREAD_ATTR_SETSTACKSIZE: symbol("pthread_attr_setstacksize"),
            POOLNV_PTHREAD_ATTR_DESTROY: symbol("pthread_attr_destroy"),
            POOLNV_SIGRTMIN: symbol("__libc_current_sigrtmin"),
            ...(threads === null ? {} : { POOLNV_NPTL_NTHREADS: threads }),
        };
    }

    /** glibc keeps the values of the first 32 keys in struct pthread, at an offset that depends on the version: searched. */
    allocateThreadSlot(onExit: NativePointer): ThreadSlot | null {
        const record = threadRecord();
        const key = Memory.alloc(4);
        if (this.#call.keyCreate(key, onExit) !== 0) return null;
        const index = key.readU32();
        const distance = this.#distanceOfKey(index, record);
        const free = (): void => void this.#call.keyDelete(index);
        if (distance !== null) return { distance, watch: symbol("pthread_setspecific"), index, free };
        free();
        return null;
    }

    #distanceOfKey(index: number, record: NativePointer): number | null {
        const holds = (value: NativePointer, distance: number): boolean => {
            this.#call.setSpecific(index, value);
            return record.add(distance).readPointer().equals(value);
        };
        for (let distance = 0; distance < recordBytes; distance += Process.pointerSize) {
            if (holds(mark, distance)) return holds(NULL, distance) ? distance : null;
        }
        this.#call.setSpecific(index, NULL);
        return null;
    }

    /** The C library, or an allocator that is preloaded, is never unloaded. */
    keepLoaded(_module: Module): void {}

    protectionNumber(protection: string): number {
        const bit = (letter: string, value: number): number => (protection.includes(letter) ? value : 0);
        return bit("r", 1) | bit("w", 2) | bit("x", 4);
    }

    /** glibc takes back the handlers of a shared object when that is unloaded; musl never does. */
    registerForkHandlers(prepare: NativePointer, parent: NativePointer, child: NativePointer): () => void {
        const glibc = libc().findExportByName("__register_atfork");
        if (glibc === null) return registerForEver(prepare, parent, child);
        const register = new NativeFunction(glibc, "int", ["pointer", "pointer", "pointer", "pointer"]);
        const sharedObject = child; // any address that no other one has, and never NULL: that is all of the program
        register(prepare, parent, child, sharedObject);
        return () => native("__cxa_finalize", "void", ["pointer"])(sharedObject);
    }

    isWine(): boolean {
        return false;
    }

    /** Hosts reach the program's memory. */
    makeMailboxFile(_content: Uint8Array): null {
        return null;
    }

    namesakes(): number[] {
        return [];
    }

    createDirectory(path: string): boolean {
        return this.#files.createDirectory(path);
    }

    isDirectory(path: string): boolean {
        return this.#files.isDirectory(path);
    }

    isUntrusted(path: string): boolean {
        return this.#files.isUntrusted(path);
    }

    temporaryFolder(): string {
        return "/tmp";
    }

    /** Infinity if there is none. */
    #softLimit(resource: number): number {
        const limit = Memory.alloc(2 * Process.pointerSize);
        if (this.#call.getrlimit(resource, limit) !== 0) return Infinity;
        const soft = limit.readPointer();
        return soft.equals(ptr(-1)) ? Infinity : Number(soft.toString());
    }

    /** @param wanted where to, unless that is in use by then */
    #map(bytes: number, protection: number, wanted = NULL): NativePointer | null {
        const base = this.#call.mmap(wanted, bytes, protection, mapPrivateAnonymousNoreserve, -1, 0);
        return base.equals(ptr(-1)) ? null : base;
    }
}

/** Jumps in memory that is never released: once taken back, they return at once. */
function registerForEver(...handlers: [NativePointer, NativePointer, NativePointer]): () => void {
    const bytes = 32;
    const memory = native("mmap", "pointer", ["pointer", "size_t", "int", "int", "int", "size_t"])(
        NULL,
        Process.pageSize,
        protReadWrite,
        mapPrivateAnonymousNoreserve,
        -1,
        0,
    );
    const write = (instruction: (writer: X86Writer, handler: NativePointer) => void): void => {
        Memory.protect(memory, Process.pageSize, "rw-");
        handlers.forEach((handler, index) => {
            const at = memory.add(index * bytes);
            const writer = new X86Writer(at, { pc: at });
            instruction(writer, handler);
            writer.flush();
            writer.dispose();
        });
        Memory.protect(memory, Process.pageSize, "r-x");
    };
    write((writer, handler) => writer.putJmpAddress(handler));
    const [prepare, parent, child] = handlers.map((_, index) => memory.add(index * bytes));
    native("pthread_atfork", "int", ["pointer", "pointer", "pointer"])(prepare!, parent!, child!);
    return () => write((writer) => writer.putRet());
}

function libcCalls() {
    return {
        mmap: native("mmap", "pointer", ["pointer", "size_t", "int", "int", "int", "long"]),
        munmap: native("munmap", "int", ["pointer", "size_t"]),
        mprotect: native("mprotect", "int", ["pointer", "size_t", "int"]),
        getrlimit: native("getrlimit", "int", ["int", "pointer"]),
        keyCreate: native("pthread_key_create", "int", ["pointer", "pointer"]),
        keyDelete: native("pthread_key_delete", "int", ["uint"]),
        setSpecific: native("pthread_setspecific", "int", ["uint", "pointer"]),
    };
}

/** The C library that the program uses, found by an export, because its file name differs between distributions. */
function libc(): Module {
    return Process.getModuleByAddress(Module.getGlobalExportByName("mmap"));
}

function symbol(name: string): NativePointer {
    return libc().findExportByName(name) ?? Module.getGlobalExportByName(name); // older ones have threads in a second file
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
