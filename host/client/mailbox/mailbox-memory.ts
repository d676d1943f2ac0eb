/** A mailbox in which a host posts requests. Everything that is read from it is untrusted. */
export interface MailboxMemory {
    /** Null if it can't be read. */
    read(offset: number, bytes: number): Buffer | null;
    /** False if not all of it could be written. */
    write(offset: number, data: Buffer): boolean;
    /** Wakes the resident. Never waits; does nothing if there is no way to: the resident polls, too. */
    wake(): void;
    /** Whether the program still runs. */
    programRuns(): boolean;
    /** Idempotent. Nothing can be read or written afterwards. */
    close(): void;
}
