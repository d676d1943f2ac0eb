import { theGame } from "../game/find-games.js";
import type { GameSearch } from "../game/game-places.js";
import { carryOut, withDeployLock } from "./carry-out.js";
import { chooseSuitableGame } from "./choose-game.js";
import { planDeploy } from "./plan.js";
import { planUninstall, uninstall } from "./uninstall.js";
import { wantedFiles } from "./wanted-files.js";

/** Which game to deploy to, and what may be overwritten. Every field has a default. */
export interface DeployOptions {
    /** Folder with the game's program; default: the only game that is found. */
    readonly game?: string | undefined;
    /** Where to search for the game; default: everywhere. */
    readonly search?: GameSearch | undefined;
    /** Overwrite a launcher that was changed, or remove changed files when undeploying; default false. */
    readonly overwrite?: boolean | undefined;
    /** Make the game's program large-address-aware, with a backup; default false. Ignored when undeploying. */
    readonly largeAddressAware?: boolean | undefined;
    /** Called with one line if another deploy is waited for. */
    readonly onProgress?: ((line: string) => void) | undefined;
}

/**
 * Writes a launcher and a configuration file to a game's folder, as `poolnv deploy --yes` does.
 *
 * @returns full paths of the files that are deployed, those included that were there already
 * @throws UserError NO_GAME, SEVERAL_GAMES, UNSUITABLE_GAME, FILE_CHANGED, PROTECTED_PROGRAM, FILE_NOT_WRITABLE
 */
export async function deploy(options: DeployOptions = {}): Promise<string[]> {
    const { overwrite = false, largeAddressAware = false, search = {}, onProgress = () => {} } = options;
    const { game } = await chooseSuitableGame(options.game, search);
    return withDeployLock(game.installation.folder, onProgress, () => {
        const plan = planDeploy(game.installation, wantedFiles(game), { overwrite, largeAddressAware });
        carryOut(plan);
        return plan.files.map(({ file }) => file);
    });
}

/**
 * Removes what was deployed to a game's folder, as `poolnv deploy --uninstall --yes` does.
 *
 * @returns full paths of the files that were removed; changed files stay unless `overwrite` is set
 * @throws UserError NO_GAME, SEVERAL_GAMES, NOT_DEPLOYED, FILE_CHANGED, FILE_NOT_WRITABLE
 */
export async function undeploy(options: DeployOptions = {}): Promise<string[]> {
    const { overwrite = false, search = {}, onProgress = () => {} } = options;
    const game = await theGame(options.game, search);
    return withDeployLock(game.folder, onProgress, () => {
        const plan = planUninstall(game, overwrite);
        uninstall(plan);
        return plan.remove.map(({ file }) => file);
    });
}
