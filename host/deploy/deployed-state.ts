import { hash } from "node:crypto";
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { bytesPerMb } from "../../shared/bytes.js";
import { systemPath } from "../files/path-bytes.js";
import { readSmallFile } from "../files/read-file.js";
import { UnreadableFile } from "../files/system-error.js";
import { findIgnoringCase } from "../process/find-ignoring-case.js";
import type { Manifest } from "./manifest.js";

/** What is at the path of a deployed file. */
export type FileState =
    | { readonly kind: "absent" }
    /** Unchanged since deploy wrote it. */
    | { readonly kind: "ours"; readonly sha256: string }
    /** Changed since, or never ours; null: it is a link, or can't be read. */
    | { readonly kind: "foreign"; readonly sha256: string | null };

/** Full path of a deployed file, in the spelling of this system if it exists. */
export function deployedFile(folder: string, path: string): string {
    const names = path.split("/");
    return findIgnoringCase(folder, names) ?? joinExisting(folder, names);
}

export function fileState(file: string, path: string, manifest: Manifest): FileState {
    const stats = lstatSync(systemPath(file), { throwIfNoEntry: false });
    if (stats === undefined) return { kind: "absent" };
    if (!stats.isFile()) return { kind: "foreign", sha256: null };
    try {
        const found = hash("sha256", readSmallFile(file, maxDeployedBytes) ?? "");
        const ours = manifest.files.find((entry) => entry.path === path)?.sha256 ?? [];
        return { kind: ours.includes(found) ? "ours" : "foreign", sha256: found };
    } catch (error) {
        if (error instanceof UnreadableFile) return { kind: "foreign", sha256: null };
        throw error;
    }
}

/** Far more than any file that deploy writes. */
const maxDeployedBytes = bytesPerMb;

/** The existing part of a path in its own case of letters, the rest as given. */
function joinExisting(folder: string, names: readonly string[]): string {
    const [first, ...rest] = names;
    if (first === undefined) return folder;
    return joinExisting(findIgnoringCase(folder, [first]) ?? join(folder, first), rest);
}
