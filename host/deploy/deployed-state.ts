import { lstatSync } from "node:fs";
import { join } from "node:path";

import { readSmallFile, UnreadableFile } from "../files/read-small-file.js";
import { sha256 } from "../files/sha256.js";
import { findIgnoringCase } from "../process/find-ignoring-case.js";
import type { DeployedPath, Manifest } from "./manifest.js";

/** What stands in the place of a deployed file. */
export type FileState =
    | { readonly kind: "absent" }
    /** Unchanged since deploy wrote it. */
    | { readonly kind: "ours"; readonly sha256: string }
    /** Changed since, or never ours; null: what it holds can't be told, or it is a link. */
    | { readonly kind: "foreign"; readonly sha256: string | null };

/** Far more than any file that deploy writes. */
const MAX_BYTES = 1_048_576;

/** Path of a deployed file as this system spells it, where it is there. */
export function deployedFile(folder: string, path: string): string {
    const names = path.split("/");
    return findIgnoringCase(folder, names) ?? joinExisting(folder, names);
}

export function fileState(file: string, path: DeployedPath, manifest: Manifest): FileState {
    const stats = lstatSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return { kind: "absent" };
    if (!stats.isFile()) return { kind: "foreign", sha256: null };
    try {
        const found = sha256(readSmallFile(file, MAX_BYTES) ?? "");
        const ours = manifest.files.find((entry) => entry.path === path)?.sha256 ?? [];
        return { kind: ours.includes(found) ? "ours" : "foreign", sha256: found };
    } catch (error) {
        if (error instanceof UnreadableFile) return { kind: "foreign", sha256: null };
        throw error;
    }
}

/** The part of a path that is there in whatever case it has, the rest as it would be made. */
function joinExisting(folder: string, names: readonly string[]): string {
    const [first, ...rest] = names;
    if (first === undefined) return folder;
    return joinExisting(findIgnoringCase(folder, [first]) ?? join(folder, first), rest);
}
