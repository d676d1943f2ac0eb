import { join } from "node:path";
import { z } from "zod";
import type { Game } from "../../shared/games/game.js";
import { UserError } from "../errors.js";
import { readSmallFile } from "../files/read-file.js";
import { replaceDurably } from "../files/replace-durably.js";
import { UnreadableFile } from "../files/system-error.js";
import { cmdLauncherName } from "./launcher/cmd.js";
import { shLauncherName } from "./launcher/sh.js";

/** What deploy has written into a game's folder. It is a file there. */
export interface Manifest {
    /** Version of the format. */
    readonly format: 1;
    /**
     * Each file, with the SHA-256 of every content that is ours: one, or while it is being replaced, that of the old and
     * of the new one. Paths are relative to the game's folder, with slashes.
     */
    readonly files: readonly { readonly path: string; readonly sha256: readonly string[] }[];
    /** Folders that deploy created. */
    readonly folders: readonly string[];
    /** SHA-256 of the game's program before and after it was made large-address-aware; null: it is unchanged. */
    readonly program: { readonly original: string; readonly patched: string } | null;
}

/** Its name in the game's folder. */
export const manifestName = "poolnv-deploy.json";

/** Before anything is deployed. */
export const emptyManifest: Manifest = { format: 1, files: [], folders: [], program: null };

/**
 * Reads the manifest in a game's folder. It is untrusted: paths that deploy does not write are refused, lest a forged
 * manifest makes uninstall remove other files.
 *
 * @returns null if there is none
 * @throws UserError FILE_CHANGED if it is not one of ours
 */
export function readManifest(folder: string, game: Game): Manifest | null {
    const file = join(folder, manifestName);
    try {
        const bytes = readSmallFile(file, maxManifestBytes);
        return bytes === null ? null : manifestSchema(game).parse(JSON.parse(bytes.toString("utf8")));
    } catch (error) {
        if (!(error instanceof UnreadableFile || error instanceof SyntaxError || error instanceof z.ZodError)) {
            throw error;
        }
        throw new UserError(
            "FILE_CHANGED",
            `${file} is not as poolnv deploy writes it, so it is not known what was deployed.`,
            "Remove it and the files that begin with poolnv in that folder; then: poolnv deploy",
            { cause: error },
        );
    }
}

export function writeManifest(folder: string, manifest: Manifest): void {
    replaceDurably(join(folder, manifestName), `${JSON.stringify(manifest, null, 4)}\n`);
}

/** Path of the settings file in a game's folder. */
export function configurationPath({ plugins }: Game): string {
    return [...plugins, "poolnv.ini"].join("/");
}

/** Folders that deploy may create for the settings file, outermost first. */
export function configurationFolders({ plugins }: Game): string[] {
    return plugins.map((_, index) => plugins.slice(0, index + 1).join("/"));
}

/** Usually some hundred bytes. */
const maxManifestBytes = 65_536;

function manifestSchema(game: Game): z.ZodType<Manifest> {
    const digest = z.string().regex(/^[0-9a-f]{64}$/);
    return z.strictObject({
        format: z.literal(1),
        files: z.array(
            z.strictObject({
                path: z.enum([shLauncherName, cmdLauncherName, configurationPath(game)]),
                sha256: z.array(digest),
            }),
        ),
        folders: z.array(z.enum(configurationFolders(game) as [string, ...string[]])),
        program: z.strictObject({ original: digest, patched: digest }).nullable(),
    });
}
