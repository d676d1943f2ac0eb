import { existsSync, mkdirSync } from "node:fs";
import { rmSync } from "../files/change-files.js";
import { cannotBeWritten } from "../files/not-writable.js";
import { pathBytes, realPath, systemPath } from "../files/path-bytes.js";
import { replaceDurably } from "../files/replace-durably.js";
import { fileOf, isSystemError } from "../files/system-error.js";
import { withProcessLock } from "../process/process-lock.js";
import { deployedFile } from "./deployed-state.js";
import { verifyPatched } from "./large-address-aware.js";
import { type Manifest, writeManifest } from "./manifest.js";
import type { DeployPlan } from "./plan.js";

/**
 * Carries out a plan. At every moment each file is complete or absent, and the manifest names a file before it exists:
 * after an interruption another deploy completes the work, and an uninstall removes all of it.
 *
 * @throws UserError FILE_NOT_WRITABLE
 */
export function carryOut(plan: DeployPlan): void {
    try {
        for (const file of plan.leftovers) rmSync(systemPath(file), { force: true });
        writeManifest(plan.folder, manifestDuring(plan));
        for (const path of plan.folders) makeFolder(deployedFile(plan.folder, path));
        for (const { path, content, mode, action } of plan.files) {
            if (action === "write" || action === "replace") {
                replaceDurably(deployedFile(plan.folder, path), pathBytes(content), mode);
            }
        }
        if (plan.patch !== null) patchProgram(plan.patch);
        writeManifest(plan.folder, plan.after);
    } catch (error) {
        throw isSystemError(error) ? folderNotWritable(plan.folder, error) : error;
    }
}

/** Runs work on a game's folder while no other deploy of this user works on it. */
export function withDeployLock<T>(folder: string, report: (line: string) => void, work: () => T): Promise<T> {
    return withProcessLock(`deploy ${realPath(folder)}`, report, async () => work());
}

/** While a file is being replaced, its old and its new content are ours. */
function manifestDuring({ before, after }: DeployPlan): Manifest {
    const files = after.files.map(({ path, sha256 }) => {
        const old = before?.files.find((entry) => entry.path === path)?.sha256 ?? [];
        return { path, sha256: [...new Set([...old, ...sha256])] };
    });
    return { ...after, files };
}

function makeFolder(folder: string): void {
    if (!existsSync(systemPath(folder))) mkdirSync(systemPath(folder));
}

/** Writes the backup first. An existing one may be of an older program. */
function patchProgram(patch: NonNullable<DeployPlan["patch"]>): void {
    replaceDurably(patch.backup, patch.original, patch.mode);
    replaceDurably(patch.file, patch.patched, patch.mode, (written) => verifyPatched(written, patch));
}

/** A UserError FILE_NOT_WRITABLE for a game's folder. */
export function folderNotWritable(folder: string, error: NodeJS.ErrnoException) {
    return cannotBeWritten(
        fileOf(error) ?? folder,
        error,
        "Close the game if it runs, and run this as a user who may write there; it then completes what was begun.",
    );
}
