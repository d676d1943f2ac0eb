import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { readEnvironments } from "../prepare/environments.js";
import { buildStandin, type StandinOptions } from "../standin/build-standin.js";
import { startStandin } from "../standin/start-standin.js";
import type { Victim } from "../support/victim.js";

/**
 * Runs work with a stand-in of the game, and takes it away afterwards.
 *
 * @param switches of its command line
 */
export async function withStandin(
    options: StandinOptions,
    switches: readonly string[],
    work: (standin: Victim, program: string) => Promise<void>,
): Promise<void> {
    await withProgram(options, async (program) => {
        const standin = await startStandin(program, switches);
        try {
            await work(standin, program);
        } finally {
            standin.kill();
            await standin.exited;
        }
    });
}

/** The same with the program alone, which does not run. */
export async function withProgram(options: StandinOptions, work: (program: string) => Promise<void>): Promise<void> {
    const program = await buildStandin(options);
    try {
        await work(program);
    } finally {
        rmSync(dirname(program), { recursive: true, force: true });
    }
}

/** What tells poolnv which Wine the stand-ins run under. */
export function wineEnvironment(): Record<string, string> {
    const { wine } = readEnvironments();
    if (!wine.ready) throw new Error(wine.reason);
    return { POOLNV_WINE: wine.wine, WINEPREFIX: wine.prefix };
}
