import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { CommandModule, InferredOptionTypes } from "yargs";
import { carryOut, withDeployLock } from "../../deploy/carry-out.js";
import { chooseSuitableGame } from "../../deploy/choose-game.js";
import { cmdLauncherName } from "../../deploy/launcher/cmd.js";
import { launchOptions, shLauncherName } from "../../deploy/launcher/sh.js";
import { type DeployPlan, isDone, planDeploy } from "../../deploy/plan.js";
import { planUninstall, uninstall } from "../../deploy/uninstall.js";
import { wantedFiles } from "../../deploy/wanted-files.js";
import { UserError } from "../../errors.js";
import { theGame } from "../../game/find-games.js";
import { confirm, yesOption } from "../confirm.js";
import type { Context } from "../context.js";
import { gameOptions, gameSearch } from "../options/game-options.js";
import { withOptions } from "../options/shared-options.js";
import { flag } from "../options/typed-options.js";
import { deployDocument, deployLines, nextSteps, uninstallDocument, uninstallLines } from "../render/deploy-report.js";
import { findingLines } from "../render/doctor-report.js";

type DeployArguments = InferredOptionTypes<typeof deployOptions>;

/** `poolnv deploy`: writes a launcher and the settings to a game's folder, or removes them. */
export function createDeployCommand(context: Context): CommandModule<object, DeployArguments> {
    return {
        command: "deploy",
        describe: "install a launcher and the settings in a game folder, or remove them",
        builder: (parser) =>
            withOptions(parser, "deploy", deployOptions)
                .example("$0 deploy", "in the game if it is found; lists the changes and asks")
                .example('$0 deploy --game "/games/Fallout New Vegas" --yes', "in this folder, without asking")
                .example("$0 deploy --uninstall", "remove what was written"),
        handler: (args) => (args.uninstall ? remove(args, context) : install(args, context)),
    };
}

const deployOptions = {
    ...gameOptions,
    uninstall: flag("remove what deploy has written"),
    "set-laa": flag("make FalloutNV.exe large-address-aware, with a backup"),
    force: flag("overwrite a changed launcher; with --uninstall: remove changed files"),
    ...yesOption,
} as const;

async function install(args: DeployArguments, context: Context): Promise<void> {
    const { output } = context;
    const { game: examined, warnings } = await chooseSuitableGame(args.game, gameSearch(args, context));
    const game = examined.installation;
    const plan = () =>
        planDeploy(game, wantedFiles(examined), { overwrite: args.force, largeAddressAware: args["set-laa"] });
    const shown = plan();
    output.print(...findingLines(warnings, output.paint), ...deployLines(shown));
    if (isDone(shown)) {
        output.print("Everything is there already.");
    } else if (!(await confirm("Write this?", args.yes, context))) {
        return output.print("Nothing was written.");
    } else {
        await withDeployLock(
            game.folder,
            (line) => output.progress(line),
            () => carryOut(stillSame(shown, plan())),
        );
    }
    const options = process.platform === "win32" ? null : launchOptions(game.folder);
    const launcher = path.join(game.folder, options === null ? cmdLauncherName : shLauncherName);
    output.print("", ...nextSteps(game, options, launcher));
    output.document(deployDocument(shown, game, warnings, options));
}

async function remove(args: DeployArguments, context: Context): Promise<void> {
    const { output } = context;
    if (args["set-laa"]) {
        throw new UserError(
            "USAGE",
            "--set-laa and --uninstall exclude each other.",
            "Leave --set-laa out: --uninstall restores the program.",
        );
    }
    const game = await theGame(args.game, gameSearch(args, context));
    const plan = () => planUninstall(game, args.force);
    const shown = plan();
    output.print(...uninstallLines(shown));
    if (!(await confirm("Remove this?", args.yes, context))) return output.print("Nothing was changed.");
    await withDeployLock(
        game.folder,
        (line) => output.progress(line),
        () => uninstall(stillSame(shown, plan())),
    );
    output.print("Done.");
    output.document(uninstallDocument(shown));
}

/** The plan to carry out, if it still is the one that was confirmed. */
function stillSame<T extends Pick<DeployPlan, "folder">>(shown: T, now: T): T {
    if (isDeepStrictEqual(shown, now)) return now;
    throw new UserError(
        "FILE_CHANGED",
        `${shown.folder} changed while the question was open; nothing was done.`,
        "Run the command again.",
    );
}
