import { existsSync, lstatSync, readdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../errors.js";
import { isSystemError, readSmallFile, UnreadableFile } from "../files/read-small-file.js";
import { besideName } from "../files/replace-durably.js";
import { sha256 } from "../files/sha256.js";
import { notWritable } from "./carry-out.js";
import { deployedFile, fileState } from "./deployed-state.js";
import { backupName, MAX_PROGRAM_BYTES } from "./large-address-aware.js";
import { LAUNCH_LOG } from "./launcher/launched.js";
import { type DeployedPath, emptyManifest, MANIFEST, type Manifest, readManifest, writeManifest } from "./manifest.js";

/** What uninstall is about to do. Made without changing anything. */
export interface UninstallPlan {
    /** Of the game. */
    readonly folder: string;
    /** The game's program. */
    readonly program: string;
    /** What deploy has noted there. */
    readonly manifest: Manifest;
    /** Files that go. */
    readonly remove: readonly DeployedFile[];
    /** Files that were changed since; they stay, and the manifest still names them. */
    readonly keep: readonly DeployedFile[];
    /** `restore`: the program is the patched one, and its backup whole. `drop`: it is the original one again. */
    readonly programAction: "restore" | "drop" | "keep" | null;
}

/** A file that deploy wrote. */
export interface DeployedFile {
    /** Its place in the game's folder. */
    readonly path: DeployedPath;
    /** As this system spells it. */
    readonly file: string;
}

/**
 * Plans what is taken away of what deploy has written. Changes nothing.
 *
 * @param changedToo whether files that were changed since are removed, too
 * @throws UserError NOT_DEPLOYED, FILE_CHANGED
 */
export function planUninstall(
    { folder, program }: { folder: string; program: string },
    changedToo: boolean,
): UninstallPlan {
    const manifest = readManifest(folder) ?? (wasBegun(folder) ? emptyManifest : null);
    if (manifest === null)
        throw new UserError(
            "NOT_DEPLOYED",
            `Nothing was deployed into ${folder}: there is no ${MANIFEST}.`,
            "Name the folder that deploy wrote to: poolnv deploy --uninstall --game DIR",
        );
    const there = manifest.files
        .map(({ path }) => ({ path, file: deployedFile(folder, path) }))
        .map((entry) => ({ ...entry, state: fileState(entry.file, entry.path, manifest) }))
        .filter(({ state }) => state.kind !== "absent");
    const goes = ({ file, state }: (typeof there)[number]) =>
        state.kind === "ours" || (changedToo && !isFolderAt(file));
    return {
        folder,
        program,
        manifest,
        remove: there.filter(goes).map(({ path, file }) => ({ path, file })),
        keep: there.filter((entry) => !goes(entry)).map(({ path, file }) => ({ path, file })),
        programAction: manifest.program === null ? null : programAction(program, manifest.program),
    };
}

/**
 * Takes away what was deployed, the manifest last: whenever this is interrupted, another uninstall completes it.
 *
 * @throws UserError FILE_NOT_WRITABLE
 */
export function uninstall(plan: UninstallPlan): void {
    const { folder, manifest } = plan;
    try {
        for (const { path } of manifest.files) rmSync(besideName(deployedFile(folder, path)), { force: true });
        for (const { file } of plan.remove) rmSync(file);
        removeLog(join(folder, LAUNCH_LOG));
        restoreProgram(plan);
        for (const path of [...manifest.folders].reverse()) removeIfEmpty(deployedFile(folder, path));
        rmSync(besideName(join(folder, MANIFEST)), { force: true });
        const left = manifestLeft(plan);
        if (left === null) rmSync(join(folder, MANIFEST), { force: true });
        else writeManifest(folder, left);
    } catch (error) {
        throw isSystemError(error) ? notWritable(error) : error;
    }
}

/** A deploy that was interrupted right at its beginning has left no more than this. */
function wasBegun(folder: string): boolean {
    return existsSync(besideName(join(folder, MANIFEST)));
}

function programAction(program: string, hashes: NonNullable<Manifest["program"]>): UninstallPlan["programAction"] {
    const found = hashOf(program);
    if (found === hashes.original) return "drop";
    return found === hashes.patched && hashOf(backupName(program)) === hashes.original ? "restore" : "keep";
}

function hashOf(file: string): string | null {
    try {
        const bytes = readSmallFile(file, MAX_PROGRAM_BYTES);
        return bytes === null ? null : sha256(bytes);
    } catch (error) {
        if (error instanceof UnreadableFile) return null;
        throw error;
    }
}

function restoreProgram({ program, programAction }: UninstallPlan): void {
    if (programAction === null || programAction === "keep") return;
    for (const file of [program, backupName(program)]) rmSync(besideName(file), { force: true });
    if (programAction === "restore") renameSync(backupName(program), program);
    else rmSync(backupName(program), { force: true });
}

/** What must not be forgotten; null: nothing. */
function manifestLeft({ manifest, keep, programAction }: UninstallPlan): Manifest | null {
    if (keep.length === 0 && programAction !== "keep") return null;
    const files = manifest.files.filter(({ path }) => keep.some((kept) => kept.path === path));
    return { ...manifest, files, program: programAction === "keep" ? manifest.program : null };
}

/** The launcher writes it anew at each start. */
function removeLog(file: string): void {
    if (lstatSync(file, { throwIfNoEntry: false })?.isFile() === true) rmSync(file);
}

function removeIfEmpty(folder: string): void {
    if (isFolderAt(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}

function isFolderAt(file: string): boolean {
    return lstatSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}
