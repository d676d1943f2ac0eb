import { hash } from "node:crypto";
import { existsSync, lstatSync } from "node:fs";
import { join } from "node:path";
import type { Game } from "../../shared/games/game.js";
import { UserError } from "../errors.js";
import { pathBytes, systemPath } from "../files/path-bytes.js";
import { temporaryName } from "../files/replace-durably.js";
import type { FoundGame } from "../game/found-game.js";
import { deployedFile, type FileState, fileState } from "./deployed-state.js";
import { backupName, planPatch, type ProgramPatch } from "./large-address-aware.js";
import {
    configurationFolders,
    configurationPath,
    emptyManifest,
    type Manifest,
    manifestName,
    readManifest,
} from "./manifest.js";
import type { WantedFile } from "./wanted-files.js";

/** What deploy is going to do. */
export interface DeployPlan {
    /** The game's folder. */
    readonly folder: string;
    /** The files, with an action for each. */
    readonly files: readonly PlannedFile[];
    /** Folders to create, outermost first. */
    readonly folders: readonly string[];
    /** How to make the program large-address-aware; null: it is left unchanged. */
    readonly patch: ProgramPatch | null;
    /** Temporary files of an interrupted run. */
    readonly leftovers: readonly string[];
    /** The manifest now; null: there is none. */
    readonly before: Manifest | null;
    /** The manifest afterwards. */
    readonly after: Manifest;
}

/** A file and an action. */
export interface PlannedFile extends WantedFile {
    /** Full path, in the spelling of this system. */
    readonly file: string;
    /** What to do with it. */
    readonly action: FileAction;
}

/**
 * `write`: it does not exist. `replace`: it is ours of an older deploy, or a changed one that may be overwritten.
 * `unchanged`: it is up to date. `keep`: it is the user's own settings file.
 */
export type FileAction = "write" | "replace" | "unchanged" | "keep";

/**
 * Plans what deploy writes into a game's folder. Changes nothing.
 *
 * @param wanted the files to write
 * @param overwrite true: a changed launcher may be replaced
 * @throws UserError FILE_CHANGED for a launcher that was changed, PROTECTED_PROGRAM
 */
export function planDeploy(
    { folder, program, game }: Pick<FoundGame, "folder" | "program" | "game">,
    wanted: readonly WantedFile[],
    { overwrite, largeAddressAware }: { overwrite: boolean; largeAddressAware: boolean },
): DeployPlan {
    const before = readManifest(folder, game);
    const files = wanted.map((file) => planFile(folder, file, before ?? emptyManifest, overwrite, game));
    const missing = configurationFolders(game).filter((path) => !existsSync(systemPath(deployedFile(folder, path))));
    const patch = largeAddressAware ? planPatch(program, game.patcher) : null;
    const writesSettings = files.some(({ path, action }) => path === configurationPath(game) && action === "write");
    const folders = writesSettings ? missing : [];
    return {
        folder,
        files,
        folders,
        patch,
        leftovers: leftoversOf([
            join(folder, manifestName),
            program,
            backupName(program),
            ...files.map(({ file }) => file),
        ]),
        before,
        after: manifestAfter(before ?? emptyManifest, files, folders, patch),
    };
}

/** True if there is nothing to do. */
export function isDone({ files, patch, leftovers, before, after }: DeployPlan): boolean {
    const isThere = files.every(({ action }) => action === "unchanged" || action === "keep");
    return isThere && patch === null && leftovers.length === 0 && JSON.stringify(before) === JSON.stringify(after);
}

function leftoversOf(files: readonly string[]): string[] {
    return files
        .map(temporaryName)
        .filter((file) => lstatSync(systemPath(file), { throwIfNoEntry: false }) !== undefined);
}

function planFile(folder: string, wanted: WantedFile, manifest: Manifest, overwrite: boolean, game: Game): PlannedFile {
    const file = deployedFile(folder, wanted.path);
    const state = fileState(file, wanted.path, manifest);
    return { ...wanted, file, action: actionFor(file, wanted, state, overwrite, game) };
}

function actionFor(file: string, wanted: WantedFile, state: FileState, overwrite: boolean, game: Game): FileAction {
    if (state.kind === "absent") return "write";
    const isWanted = state.sha256 === hash("sha256", pathBytes(wanted.content));
    if (state.kind === "ours") return isWanted ? "unchanged" : "replace";
    if (wanted.path === configurationPath(game)) return "keep";
    if (isWanted) return "unchanged";
    if (overwrite) return "replace";
    throw new UserError(
        "FILE_CHANGED",
        `${file} is not as poolnv deploy wrote it, or was not written by it.`,
        "Copy what you need of it, then overwrite it: poolnv deploy --force",
    );
}

/** Adds what is written to what earlier deploys wrote. The user's own settings file is not ours. */
function manifestAfter(
    before: Manifest,
    files: readonly PlannedFile[],
    folders: readonly string[],
    patch: ProgramPatch | null,
): Manifest {
    const written = files.filter(({ action }) => action !== "keep");
    const others = before.files.filter(({ path }) => !written.some((file) => file.path === path));
    return {
        format: 1,
        files: [
            ...others,
            ...written.map(({ path, content }) => ({ path, sha256: [hash("sha256", pathBytes(content))] })),
        ].sort((a, b) => (a.path < b.path ? -1 : 1)),
        folders: [...new Set([...before.folders, ...folders])],
        program: patch?.hashes ?? before.program,
    };
}
