import { join } from "node:path";
import { z } from "zod";

import { UserError } from "../errors.js";
import { readSmallFile, UnreadableFile } from "../files/read-small-file.js";
import { replaceDurably } from "../files/replace-durably.js";
import { CMD_LAUNCHER } from "./launcher/cmd.js";
import { SH_LAUNCHER } from "./launcher/sh.js";

/** Beside the game: what deploy has written there. */
export const MANIFEST = "poolnv-deploy.json";

/** The configuration that every program brings along in its folder. */
export const CONFIGURATION = "Data/NVSE/Plugins/poolnv.ini";

/**
 * The files that deploy writes, by their place in the game's folder. There are no others, so that a manifest that somebody
 * else wrote can't make us remove something else.
 */
const deployedPaths = [SH_LAUNCHER, CMD_LAUNCHER, CONFIGURATION] as const;
/** Folders that deploy may make. */
const madeFolders = ["Data", "Data/NVSE", "Data/NVSE/Plugins"] as const;

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** What deploy notes in the game's folder. */
export interface Manifest {
    /** Of the notes themselves. */
    readonly format: 1;
    /**
     * Each file with the SHA-256 of everything that it may hold and that is ours: one, or while it is being exchanged, the
     * old one and the new one.
     */
    readonly files: readonly { readonly path: DeployedPath; readonly sha256: readonly string[] }[];
    /** Folders that were not there before. */
    readonly folders: readonly MadeFolder[];
    /** SHA-256 of the game's program before and after it was made large-address-aware; null: it was left alone. */
    readonly program: { readonly original: string; readonly patched: string } | null;
}

const manifestSchema: z.ZodType<Manifest> = z.strictObject({
    format: z.literal(1),
    files: z.array(z.strictObject({ path: z.enum(deployedPaths), sha256: z.array(digest) })),
    folders: z.array(z.enum(madeFolders)),
    program: z.strictObject({ original: digest, patched: digest }).nullable(),
});

/** A file that deploy may write. */
export type DeployedPath = (typeof deployedPaths)[number];
/** A folder that deploy may make. */
export type MadeFolder = (typeof madeFolders)[number];

/** Before anything is deployed. */
export const emptyManifest: Manifest = { format: 1, files: [], folders: [], program: null };

/**
 * @param folder of the game
 * @returns null where there is none
 * @throws UserError FILE_CHANGED where it is not one of ours
 */
export function readManifest(folder: string): Manifest | null {
    const file = join(folder, MANIFEST);
    try {
        const bytes = readSmallFile(file, MAX_BYTES);
        return bytes === null ? null : manifestSchema.parse(JSON.parse(bytes.toString("utf8")));
    } catch (error) {
        if (!(error instanceof UnreadableFile || error instanceof SyntaxError || error instanceof z.ZodError))
            throw error;
        throw new UserError(
            "FILE_CHANGED",
            `${file} is not as poolnv deploy writes it, so what was deployed is not known.`,
            "Remove it and the files that begin with poolnv in that folder; then: poolnv deploy",
            { cause: error },
        );
    }
}

export function writeManifest(folder: string, manifest: Manifest): void {
    replaceDurably(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 4)}\n`);
}

/** It has some hundred bytes. */
const MAX_BYTES = 65_536;
