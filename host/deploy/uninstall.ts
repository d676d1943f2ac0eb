import { hash } from "node:crypto";
import { existsSync, lstatSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.js";
import { renameSync, rmdirSync, rmSync } from "../files/change-files.js";
import { namesIn, systemPath } from "../files/path-bytes.js";
import { readSmallFile } from "../files/read-file.js";
import { temporaryName } from "../files/replace-durably.js";
import { isSystemError, UnreadableFile } from "../files/system-error.js";
import type { FoundGame } from "../game/found-game.js";
import { folderNotWritable } from "./carry-out.js";
import { deployedFile, fileState } from "./deployed-state.js";
import { backupName, maxProgramBytes } from "./large-address-aware.js";
import { launchLogName } from "./launcher/launcher-input.js";
import { emptyManifest, type Manifest, manifestName, readManifest, writeManifest } from "./manifest.js";

/** What uninstall is going to do. */
export interface UninstallPlan {
    /** The game's folder. */
    readonly folder: string;
    /** The game's program. */
    readonly program: string;
    /** The manifest there. */
    readonly manifest: Manifest;
    /** Files to remove. */
    readonly remove: readonly DeployedFile[];
    /** Files that were changed since: they stay, and stay in the manifest. */
    readonly keep: readonly DeployedFile[];
    /**
     * `restore`: the program is the patched one and its backup is intact. `drop`: it is the original, so the backup is
     * removed. `keep`: it is neither. null: it was never patched.
     */
    readonly programAction: "restore" | "drop" | "keep" | null;
}

/** A file that deploy wrote. */
export interface DeployedFile {
    /** Path in the game's folder, with slashes. */
    readonly path: string;
    /** Full path, in the spelling of this system. */
    readonly file: string;
}

/**
 * Plans the removal of what deploy has written. Changes nothing.
 *
 * @param changedToo true: also removes files that were changed since
 * @throws UserError NOT_DEPLOYED, FILE_CHANGED
 */
export function planUninstall(
    { folder, program, game }: Pick<FoundGame, "folder" | "program" | "game">,
    changedToo: boolean,
): UninstallPlan {
    const manifest = readManifest(folder, game) ?? (wasBegun(folder) ? emptyManifest : null);
    if (manifest === null) {
        throw new UserError(
            "NOT_DEPLOYED",
            `Nothing was deployed into ${folder}: there is no ${manifestName}.`,
            "Name the folder that deploy wrote to: poolnv deploy --uninstall --game DIR",
        );
    }
    const existing = manifest.files
        .map(({ path }) => ({ path, file: deployedFile(folder, path) }))
        .map((entry) => ({ ...entry, state: fileState(entry.file, entry.path, manifest) }))
        .filter(({ state }) => state.kind !== "absent");
    const isRemoved = ({ file, state }: (typeof existing)[number]) =>
        state.kind === "ours" || (changedToo && !isFolderAt(file));
    return {
        folder,
        program,
        manifest,
        remove: existing.filter(isRemoved).map(({ path, file }) => ({ path, file })),
        keep: existing.filter((entry) => !isRemoved(entry)).map(({ path, file }) => ({ path, file })),
        programAction: manifest.program === null ? null : programAction(program, manifest.program),
    };
}

/**
 * Removes what was deployed, the manifest last: after an interruption another uninstall completes it.
 *
 * @throws UserError FILE_NOT_WRITABLE
 */
export function uninstall(plan: UninstallPlan): void {
    const { folder, manifest } = plan;
    try {
        for (const { path } of manifest.files) {
            rmSync(systemPath(temporaryName(deployedFile(folder, path))), { force: true });
        }
        for (const { file } of plan.remove) rmSync(systemPath(file));
        removeLog(join(folder, launchLogName));
        restoreProgram(plan);
        for (const path of [...manifest.folders].reverse()) removeIfEmpty(deployedFile(folder, path));
        rmSync(systemPath(temporaryName(join(folder, manifestName))), { force: true });
        const left = manifestLeft(plan);
        if (left === null) rmSync(systemPath(join(folder, manifestName)), { force: true });
        else writeManifest(folder, left);
    } catch (error) {
        throw isSystemError(error) ? folderNotWritable(folder, error) : error;
    }
}

/** True for a deploy that was interrupted while it wrote its first manifest. */
function wasBegun(folder: string): boolean {
    return existsSync(systemPath(temporaryName(join(folder, manifestName))));
}

function programAction(program: string, hashes: NonNullable<Manifest["program"]>): UninstallPlan["programAction"] {
    const found = hashOf(program);
    if (found === hashes.original) return "drop";
    return found === hashes.patched && hashOf(backupName(program)) === hashes.original ? "restore" : "keep";
}

function hashOf(file: string): string | null {
    try {
        const bytes = readSmallFile(file, maxProgramBytes);
        return bytes === null ? null : hash("sha256", bytes);
    } catch (error) {
        if (error instanceof UnreadableFile) return null;
        throw error;
    }
}

function restoreProgram({ program, programAction }: UninstallPlan): void {
    if (programAction === null || programAction === "keep") return;
    for (const file of [program, backupName(program)]) rmSync(systemPath(temporaryName(file)), { force: true });
    if (programAction === "restore") renameSync(systemPath(backupName(program)), systemPath(program));
    else rmSync(systemPath(backupName(program)), { force: true });
}

/** The manifest of what stays; null: nothing stays. */
function manifestLeft({ manifest, keep, programAction }: UninstallPlan): Manifest | null {
    if (keep.length === 0 && programAction !== "keep") return null;
    const files = manifest.files.filter(({ path }) => keep.some((retained) => retained.path === path));
    return { ...manifest, files, program: programAction === "keep" ? manifest.program : null };
}

/** The launcher writes it at each start. */
function removeLog(file: string): void {
    if (lstatSync(systemPath(file), { throwIfNoEntry: false })?.isFile() === true) rmSync(systemPath(file));
}

function removeIfEmpty(folder: string): void {
    if (isFolderAt(folder) && namesIn(folder).length === 0) rmdirSync(systemPath(folder));
}

function isFolderAt(file: string): boolean {
    return lstatSync(systemPath(file), { throwIfNoEntry: false })?.isDirectory() === true;
}
