/* asm-generic/fcntl.h, linux/stat.h (the same numbers on x64 and i386) */
const oRdonlyDirectoryCloexec = 0o200000 | 0o2000000;
const folderMode = 0o755;
const sysStatx = Process.pointerSize === 8 ? 332 : 383;
const atFdcwd = -100;
const atSymlinkNofollow = 0x100;
const statxBasicStats = 0x7ff;
/* struct statx */
const statxBytes = 256;
const statxUid = 20;
const statxMode = 28;
const othersWrite = 0o002;
const root = 0;

/** Files and directories by the program's own C library, with checks whether another user may have created them. */
export class LinuxFiles {
    readonly #call: ReturnType<typeof libcCalls>;

    constructor(libc: Module) {
        this.#call = libcCalls(libc);
    }

    createDirectory(path: string): boolean {
        return this.#call.mkdir(Memory.allocUtf8String(path), folderMode) === 0;
    }

    isDirectory(path: string): boolean {
        const file = this.#call.open(Memory.allocUtf8String(path), oRdonlyDirectoryCloexec, 0);
        if (file < 0) return false;
        this.#call.close(file);
        return true;
    }

    /** Whether another user may have created what is at this path, be it a link. */
    isUntrusted(path: string): boolean {
        const found = this.#stat(atFdcwd, path, atSymlinkNofollow);
        return found !== null && this.#isOpenToOthers(folderOf(path)) && !this.#isTrusted(found.owner);
    }

    #isOpenToOthers(folder: string): boolean {
        const found = this.#stat(atFdcwd, folder, 0);
        return found === null || (found.mode & othersWrite) !== 0 || !this.#isTrusted(found.owner);
    }

    #isTrusted(owner: number): boolean {
        return owner === root || owner === this.#call.geteuid();
    }

    #stat(folder: number, path: string, flags: number) {
        const record = Memory.alloc(statxBytes);
        const name = Memory.allocUtf8String(path);
        if (this.#call.statx(sysStatx, folder, name, flags, statxBasicStats, record).toString() !== "0") return null;
        return { mode: record.add(statxMode).readU16(), owner: record.add(statxUid).readU32() };
    }
}

function folderOf(path: string): string {
    const end = path.lastIndexOf("/");
    return end < 0 ? "." : end === 0 ? "/" : path.slice(0, end);
}

/** `statx` by its system call number: older C libraries do not export it. */
function libcCalls(libc: Module) {
    const find = (name: string): NativePointer => libc.getExportByName(name);
    return {
        open: new NativeFunction(find("open"), "int", ["pointer", "int", "...", "int"]),
        close: new NativeFunction(find("close"), "int", ["int"]),
        mkdir: new NativeFunction(find("mkdir"), "int", ["pointer", "uint"]),
        geteuid: new NativeFunction(find("geteuid"), "uint", []),
        statx: new NativeFunction(find("syscall"), "long", ["long", "int", "pointer", "int", "uint", "pointer"]),
    };
}
