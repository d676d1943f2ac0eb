/* asm-generic/fcntl.h, linux/stat.h (the same numbers on x64 and i386) */
const O_WRONLY_CREAT_APPEND_NONBLOCK_NOFOLLOW_CLOEXEC = 0o1 | 0o100 | 0o2000 | 0o4000 | 0o400000 | 0o2000000;
const O_RDONLY_DIRECTORY_CLOEXEC = 0o200000 | 0o2000000;
const OWNER_READ_WRITE = 0o600;
const FOLDER_MODE = 0o755;
const SYS_STATX = Process.pointerSize === 8 ? 332 : 383;
const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_EMPTY_PATH = 0x1000;
const STATX_BASIC_STATS = 0x7ff;
/* struct statx */
const STATX_BYTES = 256;
const STATX_NLINK = 16;
const STATX_UID = 20;
const STATX_MODE = 28;
const TYPE_MASK = 0o170000;
const REGULAR = 0o100000;
const CHARACTER_DEVICE = 0o020000;
const OTHERS_WRITE = 0o002;
const ROOT = 0;

/** Files and folders as the program itself reaches them, and what strangers may have put in their place. */
export class LinuxFiles {
    readonly #call: ReturnType<typeof libcCalls>;

    constructor(libc: Module) {
        this.#call = libcCalls(libc);
    }

    /**
     * Appends to a file, creating it. Never through a link at its end, to nothing that could make us wait, and where
     * others may plant things only to a file of the program's own that has no second name.
     */
    append(path: string, text: string): boolean {
        const flags = O_WRONLY_CREAT_APPEND_NONBLOCK_NOFOLLOW_CLOEXEC;
        const file = this.#call.open(Memory.allocUtf8String(path), flags, OWNER_READ_WRITE);
        if (file < 0) return false;
        const bytes = Memory.allocUtf8String(text);
        const written = this.#isSound(file, path) ? Number(this.#call.write(file, bytes, utf8Length(bytes))) : -1;
        this.#call.close(file);
        return written >= 0;
    }

    makeFolder(path: string): boolean {
        return this.#call.mkdir(Memory.allocUtf8String(path), FOLDER_MODE) === 0;
    }

    isFolder(path: string): boolean {
        const file = this.#call.open(Memory.allocUtf8String(path), O_RDONLY_DIRECTORY_CLOEXEC, 0);
        if (file < 0) return false;
        this.#call.close(file);
        return true;
    }

    /** Whether a stranger may have put there what bears this name, be it a link. */
    isPlanted(path: string): boolean {
        const found = this.#stat(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW);
        return found !== null && this.#isOpenToOthers(folderOf(path)) && !this.#isTrusted(found.owner);
    }

    #isSound(file: number, path: string): boolean {
        const found = this.#stat(file, "", AT_EMPTY_PATH);
        if (found === null) return false;
        const { type, owner, names } = found;
        if (this.#isOpenToOthers(folderOf(path)))
            return type === REGULAR && owner === this.#call.geteuid() && names === 1;
        return type === REGULAR || type === CHARACTER_DEVICE;
    }

    #isOpenToOthers(folder: string): boolean {
        const found = this.#stat(AT_FDCWD, folder, 0);
        return found === null || (found.mode & OTHERS_WRITE) !== 0 || !this.#isTrusted(found.owner);
    }

    #isTrusted(owner: number): boolean {
        return owner === ROOT || owner === this.#call.geteuid();
    }

    #stat(folder: number, path: string, flags: number) {
        const record = Memory.alloc(STATX_BYTES);
        const name = Memory.allocUtf8String(path);
        if (this.#call.statx(SYS_STATX, folder, name, flags, STATX_BASIC_STATS, record).toString() !== "0") return null;
        const mode = record.add(STATX_MODE).readU16();
        return {
            mode,
            type: mode & TYPE_MASK,
            owner: record.add(STATX_UID).readU32(),
            names: record.add(STATX_NLINK).readU32(),
        };
    }
}

function folderOf(path: string): string {
    const end = path.lastIndexOf("/");
    return end < 0 ? "." : end === 0 ? "/" : path.slice(0, end);
}

/** `statx` by its number: older C libraries have no function of that name. */
function libcCalls(libc: Module) {
    const find = (name: string): NativePointer => libc.getExportByName(name);
    return {
        open: new NativeFunction(find("open"), "int", ["pointer", "int", "...", "int"]),
        write: new NativeFunction(find("write"), "ssize_t", ["int", "pointer", "size_t"]),
        close: new NativeFunction(find("close"), "int", ["int"]),
        mkdir: new NativeFunction(find("mkdir"), "int", ["pointer", "uint"]),
        geteuid: new NativeFunction(find("geteuid"), "uint", []),
        statx: new NativeFunction(find("syscall"), "long", ["long", "int", "pointer", "int", "uint", "pointer"]),
    };
}

function utf8Length(text: NativePointer): number {
    let length = 0;
    while (text.add(length).readU8() !== 0) length++;
    return length;
}
