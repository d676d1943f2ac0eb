import { gameProfiles, gamesOf } from "../../shared/games/index.js";
import type { connect } from "../client/open.js";
import type { EngineChoice } from "../frida/engine.js";
import { findGames, gameIn } from "../game/find-games.js";
import { type FoundGame, gameDocument } from "../game/found-game.js";
import type { GameSearch } from "../game/game-places.js";
import { checkAddressSpace, checkPool } from "./checks/running-program.js";
import {
    checkConfiguration,
    checkEngine,
    checkGames,
    checkNode,
    describeGame,
    type NeededEngine,
} from "./checks/system.js";
import { examineGame } from "./examine-game.js";
import { readGame } from "./examined-game.js";
import { findRunning, type RunningProgram } from "./find-running.js";
import type { Finding } from "./finding.js";

/** What to examine. Every field has a default. */
export interface ExamineOptions {
    /** Folder of the game; default: the only one that is found. */
    readonly game?: string | undefined;
    /** A running program, by file name or pid; default: none. */
    readonly process?: string | number | undefined;
    /** Configuration file; default: that in the game's folder, if there is one. */
    readonly config?: string | undefined;
    /** Engine to check; default `auto`. */
    readonly engine?: EngineChoice | undefined;
    /** Where to search for the game; default: everywhere. */
    readonly search?: GameSearch | undefined;
    /** Called with one line when a step begins. */
    readonly onProgress?: ((line: string) => void) | undefined;
}

/** The same with its defaults, and how to connect to a pool. */
export interface ToExamine extends ExamineOptions {
    readonly engine: EngineChoice;
    readonly search: GameSearch;
    readonly connect: typeof connect;
    readonly onProgress: (line: string) => void;
}

/** What was examined, and the findings. */
export interface Examination {
    /** The game that was examined; null: none, or none could be chosen. */
    readonly game: FoundGame | null;
    /** The running program that was examined; null: none. */
    readonly process: Pick<RunningProgram, "pid" | "name"> | null;
    /** The results of all checks. */
    readonly findings: readonly Finding[];
}

/**
 * Checks everything that installing the pool depends on. Changes nothing.
 *
 * @throws UserError NO_GAME for a folder that is named and has no game; NO_SUCH_PROCESS, AMBIGUOUS_PROCESS
 */
export async function examine(wanted: ToExamine): Promise<Examination> {
    const running =
        wanted.process === undefined ? null : await findRunning(wanted.process, wanted.engine, wanted.search.profiles);
    const { game, findings } = await chooseGame(wanted, running);
    return {
        game,
        process: running === null ? null : { pid: running.pid, name: running.name },
        findings: [
            ...checkNode(),
            ...(await checkEngine({ ...wanted, choice: wanted.engine, program: engineFor(running, game) })),
            ...findings,
            ...(game === null ? [] : examineGame(readGame(game, wanted.search.profiles))),
            ...(await checkConfiguration(wanted.config, game?.program ?? null, wanted.search.profiles)),
            ...(await examineRunning(wanted, running)),
        ],
    };
}

/** For a running program that is no game, no game is searched. */
async function chooseGame(
    { game, search }: ToExamine,
    running: RunningProgram | null,
): Promise<{ game: FoundGame | null; findings: Finding[] }> {
    const games = gamesOf(search.profiles ?? gameProfiles);
    const known = game === undefined ? (running?.game ?? null) : gameIn(game, games);
    if (known !== null) return { game: known, findings: [describeGame(known)] };
    if (running !== null) return { game: null, findings: [] };
    const found = await findGames(search);
    const titles = games.map(({ title }) => title);
    return { game: found.games.length === 1 ? found.games[0]! : null, findings: checkGames(found, titles) };
}

function engineFor(running: RunningProgram | null, game: FoundGame | null): NeededEngine["program"] {
    if (running !== null) return running.engineFor;
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

/** The same as a JSON document. */
export function examinationDocument({ game, process, findings }: Examination): object {
    return {
        ok: !findings.some(({ level }) => level === "error"),
        game: game === null ? null : gameDocument(game),
        process,
        findings,
    };
}
