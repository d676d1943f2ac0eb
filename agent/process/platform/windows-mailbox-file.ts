import { mailboxFile } from "../../../shared/protocol/mailbox.js";
import type { MailboxFile } from "./platform.js";
import { invalidHandle, type KernelCalls, native, ntdll } from "./windows-calls.js";

/* winnt.h, fileapi.h */
const deleteAccess = 0x00010000;
const genericWrite = 0x40000000;
const fileShareReadWrite = 0x3;
const fileShareReadWriteDelete = 0x7;
const createNew = 1;
const openExisting = 3;
const fileAttributeTemporary = 0x100;
const fileFlagDeleteOnClose = 0x04000000;
const pathCharacters = 0x8000;
/** What `struct Resident` has room for, in characters. */
const longestPath = 1023;

/**
 * Makes a file in the user's own folder. The system deletes it when the program ends; until then no other process can: the
 * handle that holds it shares reading and writing only. Hosts see by that whether the program lives. Nothing is read or
 * written through that handle, for which Wine would keep a descriptor open in the program.
 *
 * @returns null if it can't be made: the folder can't be found or written to, or the disk is full
 */
export function makeMailboxFile(kernel: KernelCalls, content: Uint8Array): MailboxFile | null {
    const place = newPlace(kernel);
    const security = place === null || place.path.length > longestPath ? null : ownerOnly(kernel);
    if (place === null || security === null) return null;
    const holder = kernel.createFile(
        Memory.allocUtf16String(place.path),
        deleteAccess,
        fileShareReadWrite,
        security.attributes,
        createNew,
        fileAttributeTemporary + fileFlagDeleteOnClose,
        NULL,
    );
    if (holder.equals(invalidHandle)) return null;
    const close = (): void => void kernel.closeHandle(holder);
    if (fill(kernel, place.path, content)) return { ...place, close };
    close();
    return null;
}

function fill(kernel: KernelCalls, path: string, content: Uint8Array): boolean {
    const file = kernel.createFile(
        Memory.allocUtf16String(path),
        genericWrite,
        fileShareReadWriteDelete,
        NULL,
        openExisting,
        0,
        NULL,
    );
    if (file.equals(invalidHandle)) return false;
    const bytes = Memory.alloc(content.length);
    bytes.writeByteArray(content.buffer as ArrayBuffer);
    const written = Memory.alloc(4);
    const isWritten = kernel.writeFile(file, bytes, content.length, written, NULL) !== 0;
    kernel.closeHandle(file);
    return isWritten && written.readU32() === content.length;
}

/** Creates the folders. Null without a local folder of the user's. */
function newPlace(kernel: KernelCalls): Pick<MailboxFile, "path" | "folder"> | null {
    const local = environmentVariable(mailboxFile.variable);
    if (local === null || !/^[A-Za-z]:\\/.test(local)) return null; // a file server may not report what is new in a folder
    let folder = local.replace(/\\+$/, "");
    for (const name of mailboxFile.folders) {
        folder += `\\${name}`;
        kernel.createDirectory(Memory.allocUtf16String(folder), NULL); // fails if it is there
    }
    const owner = { program: Process.mainModule.name, pid: Process.id, started: started() };
    return { path: `${folder}\\${mailboxFile.nameOf(owner)}`, folder };
}

function environmentVariable(name: string): string | null {
    const read = native("GetEnvironmentVariableW", "uint", ["pointer", "pointer", "uint"]);
    const buffer = Memory.alloc(2 * pathCharacters);
    const length = read(Memory.allocUtf16String(name), buffer, pathCharacters);
    return length === 0 || length >= pathCharacters ? null : buffer.readUtf16String(length);
}

/** When this process started, as a FILETIME in hexadecimal: with its pid, a name that no other process gets. */
function started(): string {
    const times = Memory.alloc(4 * 8);
    const [created, exited, kernel, user] = [0, 8, 16, 24].map((offset) => times.add(offset));
    const read = native("GetProcessTimes", "int", ["pointer", "pointer", "pointer", "pointer", "pointer"]);
    read(currentProcess, created!, exited!, kernel!, user!);
    return created!.readU64().toString(16);
}

/* winnt.h: SECURITY_DESCRIPTOR, ACL and ACCESS_ALLOWED_ACE, each begun with its revision or type. */
const currentProcess = ptr(-1);
const tokenQuery = 0x8;
const tokenUser = 1;
const tokenUserBytes = 256;
const daclPresentAndProtected = 0x0004 | 0x1000;
const fileAllAccess = 0x001f01ff;
const aclBytes = 8;
const aceBytes = 8;

/**
 * SECURITY_ATTRIBUTES by which the user who runs this program has access to a new file, and no other user, whatever
 * its folder permits.
 *
 * @returns null if the user can't be found; else retain `memory` while `attributes` are in use
 */
function ownerOnly(kernel: KernelCalls): { attributes: NativePointer; memory: unknown } | null {
    const user = readUser(kernel);
    if (user === null) return null;
    const sid = new Uint8Array(user);
    const acl = Memory.alloc(aclBytes + aceBytes + sid.length);
    acl.writeU8(2);
    acl.add(2).writeU16(aclBytes + aceBytes + sid.length);
    acl.add(4).writeU16(1);
    acl.add(aclBytes + 2).writeU16(aceBytes + sid.length);
    acl.add(aclBytes + 4).writeU32(fileAllAccess);
    acl.add(aclBytes + aceBytes).writeByteArray(user);
    const descriptor = Memory.alloc(5 * Process.pointerSize);
    descriptor.writeU8(1);
    descriptor.add(2).writeU16(daclPresentAndProtected);
    descriptor.add(4 * Process.pointerSize).writePointer(acl); // after two words and owner, group, SACL
    const attributes = Memory.alloc(3 * Process.pointerSize);
    attributes.writeU32(3 * Process.pointerSize);
    attributes.add(Process.pointerSize).writePointer(descriptor);
    return { attributes, memory: [acl, descriptor] };
}

/** The user's SID. */
function readUser(kernel: KernelCalls): ArrayBuffer | null {
    const handle = Memory.alloc(Process.pointerSize);
    const open = native("NtOpenProcessToken", "int", ["pointer", "uint", "pointer"], ntdll());
    if (open(currentProcess, tokenQuery, handle) !== 0) return null;
    const token = handle.readPointer();
    const user = Memory.alloc(tokenUserBytes);
    const query = native("NtQueryInformationToken", "int", ["pointer", "uint", "pointer", "uint", "pointer"], ntdll());
    const status = query(token, tokenUser, user, tokenUserBytes, Memory.alloc(4));
    kernel.closeHandle(token);
    if (status !== 0) return null;
    const sid = user.readPointer();
    return sid.readByteArray(8 + 4 * sid.add(1).readU8()); // its head, and as many parts as that says
}
