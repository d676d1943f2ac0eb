import type { WorkerCalls } from "../../shared/protocol/worker-calls.js";

/* asm-generic/fcntl.h; O_NOFOLLOW of other processors is another one (arch/arm64/include/uapi/asm/fcntl.h) */
const readWriteCreateCloexec = 0o2 | 0o100 | 0o2000000;
const noFollow = ["ia32", "x64"].includes(Process.arch) ? 0o400000 : 0o100000;
/* sys/file.h: LOCK_EX | LOCK_NB */
const exclusiveNow = 2 | 4;
const ownerOnly = 0o600;
const longestPath = 4096;

/** File locks by `flock`. The kernel writes the end of a process by itself, so that there is no {@link watchExit}. */
export class LinuxWorkerCalls implements WorkerCalls {
    readonly #call = libcCalls();

    tryLock(path: string): string | null {
        const flags = readWriteCreateCloexec | noFollow;
        const file = this.#call.open(Memory.allocUtf8String(path), flags, ownerOnly);
        if (file < 0) throw new Error(`can't open ${path}`);
        if (this.#call.flock(file, exclusiveNow) === 0 && this.#isCurrent(file)) return String(file);
        this.#call.close(file);
        return null;
    }

    readRecord(lock: string, length: number): string {
        const buffer = Memory.alloc(length);
        const count = this.#call.pread(Number(lock), buffer, length, 0);
        return count > 0 ? (buffer.readUtf8String(count) ?? "") : "";
    }

    writeRecord(lock: string, record: string): void {
        this.#call.pwrite(Number(lock), Memory.allocUtf8String(record), record.length, 0);
    }

    unlock(lock: string): void {
        this.#call.close(Number(lock));
    }

    modulesOf(): string[] {
        return []; // the worker reads /proc itself
    }

    watchExit(): void {}

    /** False once its last holder has removed it: others would lock another file. */
    #isCurrent(file: number): boolean {
        const target = Memory.alloc(longestPath);
        const length = this.#call.readlink(Memory.allocUtf8String(`/proc/self/fd/${file}`), target, longestPath);
        return length > 0 && !(target.readUtf8String(length) ?? "").endsWith(" (deleted)");
    }
}

function libcCalls() {
    const at = (name: string) => Module.getGlobalExportByName(name);
    return {
        open: new NativeFunction(at("open"), "int", ["pointer", "int", "...", "int"]),
        close: new NativeFunction(at("close"), "int", ["int"]),
        flock: new NativeFunction(at("flock"), "int", ["int", "int"]),
        pread: new NativeFunction(at("pread"), "long", ["int", "pointer", "size_t", "long"]),
        pwrite: new NativeFunction(at("pwrite"), "long", ["int", "pointer", "size_t", "long"]),
        readlink: new NativeFunction(at("readlink"), "long", ["pointer", "pointer", "size_t"]),
    };
}
