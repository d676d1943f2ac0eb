import { readEnvironments } from "../prepare/environments.js";
import { Victim } from "../support/victim.js";

/**
 * Starts a stand-in under the tests' Wine and waits until its first frame is near.
 *
 * @param program what `buildStandin` made
 * @param switches of its command line, see `program/settings.h`
 * @returns it, obeying the orders of `program/obey.c`
 */
export function startStandin(program: string, switches: readonly string[] = []): Promise<Victim> {
    const { wine } = readEnvironments();
    if (!wine.ready) throw new Error(wine.reason);
    const env = { POOLNV_WINE: wine.wine, WINEPREFIX: wine.prefix };
    return Victim.start({ victim: program, command: (path) => ({ file: wine.wine, args: [path, ...switches], env }) });
}
