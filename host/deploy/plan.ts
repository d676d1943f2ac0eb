import { existsSync, lstatSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../errors.js";
import { besideName } from "../files/replace-durably.js";
import { sha256 } from "../files/sha256.js";
import { deployedFile, type FileState, fileState } from "./deployed-state.js";
import type { WantedFile } from "./wanted-files.js";
import { CONFIGURATION, emptyManifest, MANIFEST, type MadeFolder, type Manifest, readManifest } from "./manifest.js";
import { backupName, planPatch, type ProgramPatch } from "./large-address-aware.js";

/** What deploy is about to do. Made without changing anything. */
export interface DeployPlan {
    /** Of the game. */
    readonly folder: string;
    /** The files, and what becomes of each. */
    readonly files: readonly PlannedFile[];
    /** Folders that are missing, the outermost first. */
    readonly folders: readonly MadeFolder[];
    /** What makes the program large-address-aware; null: it is left alone. */
    readonly patch: ProgramPatch | null;
    /** What an interrupted run has left beside the places of its files. */
    readonly leftovers: readonly string[];
    /** What the manifest says now; null: there is none. */
    readonly before: Manifest | null;
    /** What it is to say in the end. */
    readonly after: Manifest;
}

/** A file, and what becomes of it. */
export interface PlannedFile extends WantedFile {
    /** As this system spells it. */
    readonly file: string;
    /** What is done. */
    readonly action: FileAction;
}

/**
 * `write`: it is not there. `replace`: ours of an older deploy, or a changed one where that is asked for. `unchanged`: it
 * is as it should be. `keep`: the person's own settings stay.
 */
export type FileAction = "write" | "replace" | "unchanged" | "keep";

/**
 * Plans what deploy writes into a game's folder. Changes nothing.
 *
 * @param wanted the files as they should be
 * @param overwrite whether a launcher that was changed may be replaced
 * @throws UserError FILE_CHANGED for a launcher that was changed, PROTECTED_PROGRAM
 */
export function planDeploy(
    { folder, program }: { folder: string; program: string },
    wanted: readonly WantedFile[],
    { overwrite, largeAddressAware }: { overwrite: boolean; largeAddressAware: boolean },
): DeployPlan {
    const before = readManifest(folder);
    const files = wanted.map((file) => planFile(folder, file, before ?? emptyManifest, overwrite));
    const missing = madeFolders.filter((path) => !existsSync(deployedFile(folder, path)));
    const patch = largeAddressAware ? planPatch(program) : null;
    const folders = files.some(({ path, action }) => path === CONFIGURATION && action === "write") ? missing : [];
    return {
        folder,
        files,
        folders,
        patch,
        leftovers: leftoversOf([
            join(folder, MANIFEST),
            program,
            backupName(program),
            ...files.map(({ file }) => file),
        ]),
        before,
        after: manifestAfter(before ?? emptyManifest, files, folders, patch),
    };
}

/** Whether there is nothing to do. */
export function isDone({ files, patch, leftovers, before, after }: DeployPlan): boolean {
    const isThere = files.every(({ action }) => action === "unchanged" || action === "keep");
    return isThere && patch === null && leftovers.length === 0 && JSON.stringify(before) === JSON.stringify(after);
}

const madeFolders: readonly MadeFolder[] = ["Data", "Data/NVSE", "Data/NVSE/Plugins"];

function leftoversOf(files: readonly string[]): string[] {
    return files.map(besideName).filter((file) => lstatSync(file, { throwIfNoEntry: false }) !== undefined);
}

function planFile(folder: string, wanted: WantedFile, manifest: Manifest, overwrite: boolean): PlannedFile {
    const file = deployedFile(folder, wanted.path);
    const state = fileState(file, wanted.path, manifest);
    return { ...wanted, file, action: actionFor(file, wanted, state, overwrite) };
}

function actionFor(file: string, wanted: WantedFile, state: FileState, overwrite: boolean): FileAction {
    if (state.kind === "absent") return "write";
    const isWanted = state.sha256 === sha256(wanted.content);
    if (state.kind === "ours") return isWanted ? "unchanged" : "replace";
    if (wanted.path === CONFIGURATION) return "keep";
    if (isWanted) return "unchanged";
    if (overwrite) return "replace";
    throw new UserError(
        "FILE_CHANGED",
        `${file} is not as poolnv deploy wrote it, or was not written by it.`,
        "Keep a copy of what you need of it, and overwrite it: poolnv deploy --force",
    );
}

/** Settings that a person wrote are none of ours; nothing else is forgotten that an earlier deploy has left there. */
function manifestAfter(
    before: Manifest,
    files: readonly PlannedFile[],
    folders: readonly MadeFolder[],
    patch: ProgramPatch | null,
): Manifest {
    const written = files.filter(({ action }) => action !== "keep");
    const others = before.files.filter(({ path }) => !written.some((file) => file.path === path));
    return {
        format: 1,
        files: [...others, ...written.map(({ path, content }) => ({ path, sha256: [sha256(content)] }))].sort((a, b) =>
            a.path < b.path ? -1 : 1,
        ),
        folders: [...new Set([...before.folders, ...folders])],
        program: patch?.hashes ?? before.program,
    };
}
