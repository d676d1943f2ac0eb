import type { EngineChoice } from "../frida/engine.js";
import { findGames, gameIn } from "../game/find-games.js";
import type { FoundGame } from "../game/found-game.js";
import type { GameSearch } from "../game/game-places.js";
import type { connect } from "../client/open.js";
import { checkAddressSpace } from "./checks/address-space.js";
import { checkConfiguration } from "./checks/configuration.js";
import { checkEngine, type EngineUse } from "./checks/engine.js";
import { checkGames, describe } from "./checks/game.js";
import { checkNode } from "./checks/node.js";
import { checkPool } from "./checks/pool.js";
import { examineGame } from "./examine-game.js";
import type { Finding } from "./finding.js";
import { gameSubject } from "./game-subject.js";
import { findRunning, type RunningProgram } from "./running-program.js";

/** What is to be looked into. Every field has a default. */
export interface ExamineOptions {
    /** Folder of the game; where not given, it is looked for. */
    readonly game?: string | undefined;
    /** A program that runs, by file name or pid; default: none. */
    readonly process?: string | number | undefined;
    /** Configuration file; default: that in the game's folder, if there is one. */
    readonly config?: string | undefined;
    /** Engine that is to work; default `auto`. */
    readonly engine?: EngineChoice | undefined;
    /** Where the game is looked for; default: everywhere. */
    readonly search?: GameSearch | undefined;
    /** Called with one line each time a step begins. */
    readonly onProgress?: ((line: string) => void) | undefined;
}

/** The same, complete, and the way to ask a pool. */
export interface ToExamine extends ExamineOptions {
    readonly engine: EngineChoice;
    readonly search: GameSearch;
    readonly connect: typeof connect;
    readonly onProgress: (line: string) => void;
}

/** What was looked into, and what was found. */
export interface Examination {
    /** The game that was looked into; null: none, or one could not be chosen. */
    readonly game: FoundGame | null;
    /** The program that was asked about; null: none. */
    readonly process: Pick<RunningProgram, "pid" | "name"> | null;
    /** Everything that was looked at. */
    readonly findings: readonly Finding[];
}

/**
 * Looks at everything on which the main job depends. Changes nothing.
 *
 * @throws UserError NO_GAME for a folder that is named and has no game; NO_SUCH_PROCESS, AMBIGUOUS_PROCESS
 */
export async function examine(wanted: ToExamine): Promise<Examination> {
    const running = wanted.process === undefined ? null : await findRunning(wanted.process, wanted.engine);
    const { game, findings } = await chooseGame(wanted, running);
    return {
        game,
        process: running === null ? null : { pid: running.pid, name: running.name },
        findings: [
            ...checkNode(),
            ...(await checkEngine({ ...wanted, choice: wanted.engine, target: engineTarget(running, game) })),
            ...findings,
            ...(game === null ? [] : examineGame(gameSubject(game))),
            ...(await checkConfiguration(wanted.config, game?.program ?? null)),
            ...(await examineRunning(wanted, running)),
        ],
    };
}

/** A program that runs and is not the game has nothing to do with where the game is. */
async function chooseGame(
    { game, search }: ToExamine,
    running: RunningProgram | null,
): Promise<{ game: FoundGame | null; findings: Finding[] }> {
    const known = game === undefined ? (running?.game ?? null) : gameIn(game);
    if (known !== null) return { game: known, findings: [describe(known)] };
    if (running !== null) return { game: null, findings: [] };
    const found = await findGames(search);
    return { game: found.games.length === 1 ? found.games[0]! : null, findings: checkGames(found) };
}

function engineTarget(running: RunningProgram | null, game: FoundGame | null): EngineUse["target"] {
    if (running !== null) return running.engineTarget;
    return game !== null && process.platform !== "win32" ? "windows" : "native";
}

async function examineRunning(wanted: ToExamine, running: RunningProgram | null): Promise<Finding[]> {
    const target = wanted.process;
    if (running === null || target === undefined) return [];
    const { engine, onProgress } = wanted;
    return [
        ...(await checkPool(target, () => wanted.connect(target, { engine, onProgress }))),
        ...(running.addressSpace === null ? [] : checkAddressSpace(running.addressSpace)),
    ];
}
