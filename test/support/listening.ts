import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/**
 * Where a process can be reached from outside: its TCP ports that listen, its UDP ports that are bound, its local
 * sockets that listen, in words. A process that has ended has none.
 */
export function listeningSockets(pid: number): string[] {
    const own = socketsOf(pid);
    return tables
        .flatMap(({ file, read }) => rows(`/proc/${pid}/net/${file}`).flatMap((row) => read(row.trim().split(/\s+/))))
        .filter(({ inode }) => own.has(inode))
        .map(({ words }) => words);
}

interface Listening {
    inode: string;
    words: string;
}

const LISTEN = "0A";
const ACCEPTS = 0x10000;

/** Columns as in `man 5 proc`. */
const tables: readonly { file: string; read: (columns: string[]) => Listening[] }[] = [
    ...["tcp", "tcp6"].map((file) => ({
        file,
        read: (columns: string[]) =>
            columns[3] === LISTEN ? [{ inode: columns[9]!, words: `${file} ${columns[1]}` }] : [],
    })),
    ...["udp", "udp6", "raw", "raw6"].map((file) => ({
        file,
        read: (columns: string[]) => [{ inode: columns[9]!, words: `${file} ${columns[1]}` }],
    })),
    {
        file: "unix",
        read: (columns: string[]) =>
            (parseInt(columns[3]!, 16) & ACCEPTS) !== 0
                ? [{ inode: columns[6]!, words: `unix ${columns[7] ?? "without a name"}` }]
                : [],
    },
];

function socketsOf(pid: number): Set<string> {
    const folder = `/proc/${pid}/fd`;
    return new Set(
        entries(folder).flatMap((name) => {
            try {
                return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${name}`))?.[1] ?? [];
            } catch {
                return []; // closed meanwhile
            }
        }),
    );
}

function entries(folder: string): string[] {
    try {
        return readdirSync(folder);
    } catch {
        return [];
    }
}

function rows(file: string): string[] {
    try {
        return readFileSync(file, "utf8").split("\n").slice(1, -1);
    } catch {
        return [];
    }
}
