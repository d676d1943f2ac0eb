import { existsSync, mkdirSync, rmSync } from "node:fs";

import { UserError } from "../errors.js";
import { isSystemError } from "../files/read-small-file.js";
import { replaceDurably } from "../files/replace-durably.js";
import { deployedFile } from "./deployed-state.js";
import { verifyPatched } from "./large-address-aware.js";
import { type Manifest, writeManifest } from "./manifest.js";
import type { DeployPlan } from "./plan.js";

/**
 * Does what was planned. Each file is whole or not there at every moment, and the manifest names a file before it is
 * there: whenever this is interrupted, another deploy completes it, and an uninstall takes all of it away.
 *
 * @throws UserError FILE_NOT_WRITABLE
 */
export function carryOut(plan: DeployPlan): void {
    try {
        for (const file of plan.leftovers) rmSync(file, { force: true });
        writeManifest(plan.folder, manifestMeanwhile(plan));
        for (const path of plan.folders) makeFolder(deployedFile(plan.folder, path));
        for (const { path, content, mode, action } of plan.files)
            if (action === "write" || action === "replace")
                replaceDurably(deployedFile(plan.folder, path), content, mode);
        if (plan.patch !== null) patchProgram(plan.patch);
        writeManifest(plan.folder, plan.after);
    } catch (error) {
        throw isSystemError(error) ? notWritable(error) : error;
    }
}

/** A file that is being exchanged is ours before and after. */
function manifestMeanwhile({ before, after }: DeployPlan): Manifest {
    const files = after.files.map(({ path, sha256 }) => {
        const old = before?.files.find((entry) => entry.path === path)?.sha256 ?? [];
        return { path, sha256: [...new Set([...old, ...sha256])] };
    });
    return { ...after, files };
}

function makeFolder(folder: string): void {
    if (!existsSync(folder)) mkdirSync(folder);
}

/** The backup is whole before the program is touched. One that is there may be of an older program. */
function patchProgram(patch: NonNullable<DeployPlan["patch"]>): void {
    replaceDurably(patch.backup, patch.original, patch.mode);
    replaceDurably(patch.file, patch.patched, patch.mode, (written) => verifyPatched(written, patch));
}

export function notWritable(error: NodeJS.ErrnoException): UserError {
    return new UserError(
        "FILE_NOT_WRITABLE",
        `The game's folder can't be changed: ${error.message}.`,
        "End the game if it runs, and run this as a user who may write there; what was begun is then completed.",
        { cause: error },
    );
}
