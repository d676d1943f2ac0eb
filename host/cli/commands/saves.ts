import path from "node:path";
import type { CommandModule } from "yargs";

import { printable } from "../../../shared/printable.js";
import { UserError } from "../../errors.js";
import { exportScreenshots } from "../../game/saves/screenshots.js";
import { findSavesFolders } from "../../game/saves/saves-folders.js";
import { listSaves } from "../../game/saves/list-saves.js";
import type { ListedSave, Save } from "../../game/saves/save.js";
import type { Context } from "../context.js";
import { resolveSettings, single } from "../options/resolve-settings.js";
import { savesDocument, savesTable } from "../render/saves-report.js";
import { type PoolArguments, poolOptions } from "../options/shared-options.js";

interface SavesArguments extends Pick<PoolArguments, "wine-prefix" | "config"> {
    folder?: string;
    screenshots?: string | string[];
    force: boolean;
}

/** `poolnv saves`: the saved games of a folder, newest first, and their pictures as files. */
export function createSavesCommand(context: Context): CommandModule<object, SavesArguments> {
    return {
        command: "saves [folder]",
        describe: "list saved games with what their headers say",
        builder: (parser) =>
            parser
                .positional("folder", { type: "string", describe: "folder of *.fos files; default: the game's own" })
                .options(savesOptions)
                .example("$0 saves", "those of the game, newest first")
                .example("$0 saves backup --json", "those of another folder, for a script")
                .example("$0 saves --screenshots pictures", "write what they look like into a folder"),
        handler: async (args) => {
            const wanted = readArguments(args);
            const folder = wanted.folder ?? (await findFolder(args, context));
            const saves = await listSaves(folder);
            const pictures = await exportPictures(saves, wanted.pictures, args.force, context);
            const { output } = context;
            output.print(...savesTable(folder, saves));
            if (pictures !== undefined) {
                output.print(`Pictures written to ${printable(wanted.pictures ?? "")}: ${pictures.size}`);
            }
            output.document(savesDocument(folder, saves, pictures));
        },
    };
}

const savesOptions = {
    screenshots: { type: "string", requiresArg: true, describe: "folder to write the pictures to, as PNG files" },
    force: { type: "boolean", default: false, describe: "with --screenshots: overwrite files" },
    "wine-prefix": {
        ...poolOptions["wine-prefix"],
        describe: "Wine prefix of the game",
        defaultDescription: "that of Proton, or the usual one",
    },
    config: { ...poolOptions.config, describe: "INI file that may name the prefix", defaultDescription: "none" },
} as const;

/** Folders as full paths; those that are not given are left out. */
function readArguments(args: SavesArguments): { folder?: string; pictures?: string } {
    const prefix = single("wine-prefix", args["wine-prefix"]);
    const pictures = single("screenshots", args.screenshots);
    if (args.folder === "" || pictures === "") {
        throw wrongUsage("The name of a folder is empty.", "Name a folder, or leave it out.");
    }
    if (args.folder !== undefined && prefix !== undefined) {
        throw wrongUsage("A prefix says where to look, but a folder is named.", "Leave one of the two out.");
    }
    if (args.force && pictures === undefined) {
        throw wrongUsage("--force overwrites pictures, but none are to be written.", "Add: --screenshots DIR");
    }
    return {
        ...(args.folder === undefined ? {} : { folder: path.resolve(args.folder) }),
        ...(pictures === undefined ? {} : { pictures: path.resolve(pictures) }),
    };
}

function wrongUsage(message: string, resolution: string): UserError {
    return new UserError("USAGE", message, resolution);
}

async function findFolder(args: SavesArguments, { io, output }: Context): Promise<string> {
    const { settings } = await resolveSettings(args, output);
    const [folder, ...others] = findSavesFolders({ winePrefix: settings.wine_prefix, env: io.env });
    for (const other of others) {
        output.progress(`there is another folder of saves: ${other}`);
    }
    return folder;
}

async function exportPictures(
    saves: readonly ListedSave[],
    folder: string | undefined,
    overwrite: boolean,
    { output }: Context,
): Promise<ReadonlyMap<string, string> | undefined> {
    if (folder === undefined) {
        return undefined;
    }
    const readable = saves.filter((save): save is Save => !("problem" in save));
    const { written, problems } = await exportScreenshots(readable, folder, overwrite);
    for (const { message } of problems) {
        output.warning(message);
    }
    return written;
}
