import { closeSync, fstatSync, openSync, readdirSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { mailboxBytes, mailboxMark, mailboxMarkOffset } from "../../../shared/layout.js";
import { mailboxFile, type MailboxOwner } from "../../../shared/protocol/mailbox.js";
import { unlinkOnceSync } from "../../files/change-files.js";
import type { MailboxMemory } from "./mailbox-memory.js";
import { wakeByFile } from "./wake-by-file.js";

/** A mailbox file whose program runs. */
export interface FoundMailboxFile extends MailboxOwner {
    path: string;
}

/** The mailbox files of this user's running Windows programs. Deletes those that a crash of the system has left. */
export function findMailboxFiles(): FoundMailboxFile[] {
    const folder = mailboxFolder();
    if (folder === null) return [];
    return namesIn(folder).flatMap((name) => {
        const owner = mailboxFile.ownerOf(name);
        const path = join(folder, name);
        return owner === null || !isHeld(path) ? [] : [{ ...owner, path }];
    });
}

function mailboxFolder(): string | null {
    const local = process.platform === "win32" ? process.env[mailboxFile.variable] : undefined;
    return local === undefined ? null : join(local, ...mailboxFile.folders);
}

function namesIn(folder: string): string[] {
    try {
        return readdirSync(folder);
    } catch {
        return []; // no pool of this user has been there
    }
}

/**
 * Whether the program of a mailbox file runs: it holds the file open and does not share its deletion, so the system refuses
 * that as long as the program lives. A file without its program is gone afterwards, and a pid that was used again is not
 * mistaken for that of the program.
 */
function isHeld(path: string): boolean {
    try {
        unlinkOnceSync(path);
        return false;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EBUSY";
    }
}

/**
 * Opens a mailbox file.
 *
 * @returns null if it can't be opened, or is not one: nothing has been written to it then
 */
export function openMailboxFile(path: string): MailboxMemory | null {
    let file: number | null = open(path);
    if (file === null) return null;
    const memory: MailboxMemory = {
        read: (offset, bytes) => {
            const buffer = Buffer.alloc(bytes);
            const count = file === null ? null : attempt(() => readSync(file!, buffer, 0, bytes, offset));
            return count === bytes ? buffer : null;
        },
        write: (offset, data) =>
            file !== null && attempt(() => writeSync(file!, data, 0, data.length, offset)) === data.length,
        wake: () => wakeByFile(path),
        programRuns: () => isHeld(path),
        close: () => {
            if (file !== null) closeSync(file);
            file = null;
        },
    };
    if (isMailbox(file, memory)) return memory;
    memory.close();
    return null;
}

function open(path: string): number | null {
    return attempt(() => openSync(path, "r+"));
}

/** A file that was planted there may be a link to one of the user's own. */
function isMailbox(file: number, memory: MailboxMemory): boolean {
    const facts = attempt(() => fstatSync(file));
    return (
        facts?.isFile() === true &&
        facts.nlink === 1 &&
        facts.size === mailboxBytes &&
        memory.read(mailboxMarkOffset, mailboxMark.length)?.toString("latin1") === mailboxMark
    );
}

/** Null if it fails. */
function attempt<T>(work: () => T): T | null {
    try {
        return work();
    } catch {
        return null;
    }
}
