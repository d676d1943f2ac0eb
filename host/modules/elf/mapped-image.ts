import type { Mapping } from "../../process/memory-map.js";
import { type ByteSource, textAt } from "../byte-source.js";
import type { FunctionTable } from "../function-table.js";
import { orNull, readableOrEmpty, type TableCache } from "../module-symbols.js";
import { ProcessBytes } from "../process-bytes.js";
import { ProgramBytes } from "../program-bytes.js";
import { readDynamicSection } from "./dynamic.js";
import { readFunctions, readLoadedFunctions } from "./functions.js";
import { type ElfHeaders, readElfHeaders } from "./headers.js";

/** An ELF image that a process has mapped. */
export interface MappedImage {
    readonly headers: ElfHeaders;
    /** Its file, or the memory of the process. */
    readonly bytes: ByteSource;
    /** The library's own name, if no file is mapped and it has one. */
    readonly ownName: string | null;
    readFunctions(): FunctionTable;
}

/** A file that a process has mapped, at one place. */
export interface MappedFile {
    readonly pid: number;
    readonly mapping: Mapping;
    /** Address at which the file's first bytes are mapped; null: they are not. */
    readonly startsAt: number | null;
}

/**
 * Opens the image for the time of a call: from its file or, if that is deleted or out of reach, from memory, which has the
 * exported functions alone. `use` gets null if it is no ELF image, or if neither can be read.
 */
export function readMappedImage<T>(file: MappedFile, tables: TableCache, use: (image: MappedImage | null) => T): T {
    return ProcessBytes.read(file.pid, (memory) => {
        const opened = openFile(file, memory);
        try {
            const headers = opened === null ? null : orNull(() => readElfHeaders(opened));
            if (opened === null) return use(memory === null ? null : loadedImage(file, memory));
            if (headers === null) return use(null);
            const read = (): FunctionTable => readFunctions(opened, headers);
            const functions = (): FunctionTable => tables.get(opened.identity, read);
            return use({ headers, bytes: opened, ownName: null, readFunctions: functions });
        } finally {
            opened?.close();
        }
    });
}

function loadedImage({ mapping, startsAt }: MappedFile, memory: ProcessBytes): MappedImage | null {
    if (startsAt === null) return null;
    let functions: FunctionTable | null = null;
    return orNull(() => {
        const headers = readElfHeaders(memory, startsAt);
        const dynamic = mapping.name.startsWith("/") ? null : readDynamicSection(memory, headers, startsAt);
        const nameAt = dynamic?.nameAt ?? null;
        const ownName = nameAt === null ? null : textAt(memory, nameAt, 256) || null;
        return {
            headers,
            bytes: memory,
            ownName,
            readFunctions: () => (functions ??= readableOrEmpty(() => readLoadedFunctions(memory, headers, startsAt))),
        };
    });
}

/**
 * Opens the file that is mapped, not another one of the same path. The kernel's own link leads to it always, but takes
 * rights (CAP_CHECKPOINT_RESTORE) that few users have.
 */
function openFile(file: MappedFile, memory: ProcessBytes | null): ProgramBytes | null {
    const { pid, mapping } = file;
    if (!mapping.name.startsWith("/")) return null;
    const range = `${mapping.start.toString(16)}-${mapping.end.toString(16)}`;
    const own = openOrNull(`/proc/${pid}/map_files/${range}`);
    if (own !== null) return own;
    // In a container paths begin at its root; those of a program in a chroot begin at ours.
    const paths = mapping.isDeleted ? [] : [`/proc/${pid}/root${mapping.name}`, mapping.name];
    for (const path of [...paths, `/proc/${pid}/exe`]) {
        const opened = openOrNull(path);
        if (opened === null) continue;
        if (opened.inode === Number(mapping.inode) || hasHeadersOf(opened, file, memory)) return opened;
        opened.close();
    }
    return null;
}

function openOrNull(path: string): ProgramBytes | null {
    return orNull(() => ProgramBytes.open(path));
}

/** In file systems with layers a file may have another number than its mapping. */
function hasHeadersOf(opened: ProgramBytes, { startsAt }: MappedFile, memory: ProcessBytes | null): boolean {
    if (memory === null || startsAt === null) return false;
    const [one, other] = [opened.upTo(0, comparedBytes), memory.upTo(startsAt, comparedBytes)];
    return one.length === comparedBytes && one.equals(other);
}

/** ELF header, program headers, and in most files the build id. */
const comparedBytes = 1024;
