/** The process that a mailbox file belongs to. */
export interface MailboxOwner {
    /** File name of the program. */
    program: string;
    pid: number;
    /** When the process started, in hexadecimal. */
    started: string;
}

/**
 * Where the mailbox of a Windows program is, which has the layout of the one in its memory (`struct Mailbox`):
 * `%LOCALAPPDATA%\\poolnv\\mailboxes\\FalloutNV.exe-4711-1db9f3a2c4e5d60`.
 */
export const mailboxFile = {
    variable: "LOCALAPPDATA",
    folders: ["poolnv", "mailboxes"],
    nameOf: ({ program, pid, started }: MailboxOwner): string => `${program}-${pid}-${started}`,
    /** Null if it is not the name of a mailbox. */
    ownerOf: (name: string): MailboxOwner | null => {
        const found = /^(.+)-(\d{1,10})-([0-9a-f]{1,16})$/.exec(name);
        return found === null ? null : { program: found[1]!, pid: Number(found[2]), started: found[3]! };
    },
    /** The file that a host creates beside the mailbox of this name, and deletes, to wake the resident. */
    wakeNameOf: (name: string): string => `${name}.wake`,
} as const;

/** A request for the mailbox in the program's memory (`struct MailboxBody`). */
export interface PostRequest {
    /** One of `residentRequests`. */
    code: number;
    /** In hexadecimal. */
    data: string;
}

/** What the resident answered. */
export interface PostAnswer {
    /** One of `residentStatus`, unless the program forges answers. */
    status: number;
    /** In hexadecimal. */
    data: string;
}
