import type { CommandModule, InferredOptionTypes } from "yargs";
import { printable } from "../../../shared/printable.js";
import { UserError } from "../../errors.js";
import { fullPath } from "../../files/path-bytes.js";
import { listSaves } from "../../game/saves/list-saves.js";
import type { ListedSave, Save } from "../../game/saves/save.js";
import { findSavesFolders } from "../../game/saves/saves-folders.js";
import { exportScreenshots } from "../../game/saves/screenshots.js";
import type { Context } from "../context.js";
import { resolveSettings } from "../options/resolve-settings.js";
import { connectOptions, encodingOption, withOptions } from "../options/shared-options.js";
import { flag, namedPath, textOption } from "../options/typed-options.js";
import { savesDocument, savesTable } from "../render/saves-report.js";

type SavesArguments = InferredOptionTypes<typeof savesOptions> & { folder: string | undefined };

/** `poolnv saves`: lists the saved games of a folder, newest first, and writes their pictures as files. */
export function createSavesCommand(context: Context): CommandModule<object, SavesArguments> {
    return {
        command: "saves [folder]",
        describe: "list saved games with what their headers say",
        builder: (parser) =>
            withOptions(
                parser.positional("folder", {
                    type: "string",
                    describe: "folder of *.fos files, or one of them; default: the game's own",
                }),
                "saves",
                savesOptions,
            )
                .example("$0 saves", "the game's own saves, newest first")
                .example("$0 saves backup --json", "the saves in another folder, as JSON")
                .example("$0 saves --screenshots pictures", "write their pictures to a folder"),
        handler: async (args) => {
            checkFolders(args);
            const { settings } = await resolveSettings(args, context.output);
            const folder =
                args.folder === undefined
                    ? findFolder(settings.wine_prefix, context)
                    : fullPath(namedPath(args.folder));
            const saves = await listSaves(folder, { encoding: settings.save_encoding });
            const pictures = await exportPictures(saves, args, context);
            const { output } = context;
            output.print(...savesTable(folder, saves));
            if (pictures !== undefined) {
                output.print(`Pictures written to ${printable(fullPath(args.screenshots!))}: ${pictures.size}`);
            }
            output.document(savesDocument(folder, saves, pictures));
        },
    };
}

const savesOptions = {
    screenshots: textOption("screenshots", {
        describe: "folder to write the pictures to, as PNG files",
        group: "Output:",
    }),
    force: flag("with --screenshots: overwrite files", "Output:"),
    "wine-prefix": {
        ...connectOptions["wine-prefix"],
        group: undefined,
        describe: "Wine prefix of the game",
        defaultDescription: "Proton's, or the default one",
    },
    encoding: { ...encodingOption.encoding, group: undefined },
    config: {
        ...connectOptions.config,
        describe: "INI file that may name the prefix and the encoding",
        defaultDescription: "none",
    },
} as const;

function checkFolders(args: SavesArguments): void {
    if (args.folder === "" || args.screenshots === "") {
        throw wrongUsage("The name of a folder is empty.", "Name a folder, or leave it out.");
    }
    if (args.folder !== undefined && args["wine-prefix"] !== undefined) {
        throw wrongUsage("--wine-prefix says where to search, but a folder is named.", "Leave one of the two out.");
    }
    if (args.force && args.screenshots === undefined) {
        throw wrongUsage("--force overwrites pictures, but none are written.", "Add: --screenshots DIR");
    }
}

function wrongUsage(message: string, resolution: string): UserError {
    return new UserError("USAGE", message, resolution);
}

function findFolder(winePrefix: string | undefined, { io, output }: Context): string {
    const [folder, ...others] = findSavesFolders({ winePrefix, env: io.env });
    for (const other of others) output.progress(`there is another folder of saves: ${other}`);
    return folder;
}

async function exportPictures(
    saves: readonly ListedSave[],
    { screenshots, force }: SavesArguments,
    { output }: Context,
): Promise<ReadonlyMap<string, string> | undefined> {
    if (screenshots === undefined) return undefined;
    const readable = saves.filter((save): save is Save => !("problem" in save));
    const { written, problems } = await exportScreenshots(readable, fullPath(screenshots), force);
    for (const { message } of problems) output.warning(message);
    return written;
}
