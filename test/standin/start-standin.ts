import { wineEnvironment, wineFacts } from "../support/targets.js";
import { Victim } from "../support/victim.js";

/**
 * Starts a stand-in under the tests' Wine and waits until its first frame is near.
 *
 * @param program what `buildStandin` made
 * @param switches of its command line, see `program/settings.h`
 * @returns it, obeying the orders of `program/obey.c`
 */
export function startStandin(program: string, switches: readonly string[] = []): Promise<Victim> {
    const { wine } = wineFacts();
    const env = wineEnvironment();
    return Victim.start({ victim: program, command: (path) => ({ file: wine, args: [path, ...switches], env }) });
}
