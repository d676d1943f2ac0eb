import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { CommandModule } from "yargs";

import { carryOut, withDeployLock } from "../../deploy/carry-out.js";
import { chooseSuitableGame } from "../../deploy/choose-game.js";
import { cmdLauncherName } from "../../deploy/launcher/cmd.js";
import { launchOptions, shLauncherName } from "../../deploy/launcher/sh.js";
import { type DeployPlan, isDone, planDeploy } from "../../deploy/plan.js";
import { planUninstall, uninstall } from "../../deploy/uninstall.js";
import { wantedFiles } from "../../deploy/wanted-files.js";
import { UserError } from "../../errors.js";
import { theGame } from "../../game/find-games.js";
import { confirm } from "../confirm.js";
import type { Context } from "../context.js";
import { deployDocument, deployLines, nextSteps, uninstallDocument, uninstallLines } from "../render/deploy-report.js";
import { findingLines } from "../render/doctor-report.js";
import { gameOptions } from "../options/game-options.js";
import { readOptions, single } from "../options/resolve-settings.js";
import type { PoolArguments } from "../options/shared-options.js";

interface DeployArguments extends Pick<PoolArguments, "wine-prefix"> {
    game?: string | string[];
    uninstall: boolean;
    "set-laa": boolean;
    force: boolean;
    yes: boolean;
}

/** `poolnv deploy`: a launcher and the settings into a game's folder, or out of it again. */
export function createDeployCommand(context: Context): CommandModule<object, DeployArguments> {
    return {
        command: "deploy",
        describe: "install into a game folder: a launcher and the settings; or remove them",
        builder: (parser) =>
            parser
                .options({ ...gameOptions, ...deployOptions })
                .example("$0 deploy", "into the game where it is found; shows what, and asks")
                .example('$0 deploy --game "/games/Fallout New Vegas" --yes', "into this folder, without asking")
                .example("$0 deploy --uninstall", "takes away what was written"),
        handler: (args) => (args.uninstall ? remove(args, context) : install(args, context)),
    };
}

const deployOptions = {
    uninstall: { type: "boolean", default: false, describe: "take away what deploy has written" },
    "set-laa": { type: "boolean", default: false, describe: "make FalloutNV.exe large-address-aware, with a backup" },
    force: {
        type: "boolean",
        default: false,
        describe: "overwrite a changed launcher; with --uninstall: changed files",
    },
    yes: { type: "boolean", default: false, describe: "do not ask" },
} as const;

async function install(args: DeployArguments, context: Context): Promise<void> {
    const { output } = context;
    const { game: examined, warnings } = await chooseSuitableGame(single("game", args.game), search(args, context));
    const game = examined.installation;
    const plan = () =>
        planDeploy(game, wantedFiles(examined), { overwrite: args.force, largeAddressAware: args["set-laa"] });
    const shown = plan();
    output.print(...findingLines(warnings, output.paint), ...deployLines(shown));
    if (isDone(shown)) output.print("Everything is there already.");
    else if (!(await confirm("Write this?", args.yes, context))) return output.print("Nothing was written.");
    else
        await withDeployLock(
            game.folder,
            (line) => output.progress(line),
            () => carryOut(stillSame(shown, plan())),
        );
    const options = process.platform === "win32" ? null : launchOptions(game.folder);
    const launcher = path.join(game.folder, options === null ? cmdLauncherName : shLauncherName);
    output.print("", ...nextSteps(game, options, launcher));
    output.document(deployDocument(shown, game, warnings, options));
}

async function remove(args: DeployArguments, context: Context): Promise<void> {
    const { output } = context;
    if (args["set-laa"])
        throw new UserError(
            "USAGE",
            "--set-laa belongs to an install.",
            "Leave it out: --uninstall restores the program.",
        );
    const game = await theGame(single("game", args.game), search(args, context));
    const plan = () => planUninstall(game, args.force);
    const shown = plan();
    output.print(...uninstallLines(shown));
    if (!(await confirm("Take this away?", args.yes, context))) return output.print("Nothing was changed.");
    await withDeployLock(
        game.folder,
        (line) => output.progress(line),
        () => uninstall(stillSame(shown, plan())),
    );
    output.print("Done.");
    output.document(uninstallDocument(shown));
}

function search(args: DeployArguments, { io }: Context) {
    return { winePrefix: readOptions(args).wine_prefix, env: io.env };
}

/** What a person has agreed to is done, and nothing else. */
function stillSame<T extends Pick<DeployPlan, "folder">>(shown: T, now: T): T {
    if (isDeepStrictEqual(shown, now)) return now;
    throw new UserError("FILE_CHANGED", `${shown.folder} has changed meanwhile; nothing was done.`, "Run it again.");
}
