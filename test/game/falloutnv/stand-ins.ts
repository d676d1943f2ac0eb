import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { buildStandin, type StandinOptions } from "../../fixtures/standin/build-standin.js";
import { startStandin } from "../../fixtures/standin/start-standin.js";
import type { Victim } from "../../fixtures/support/victim.js";

/**
 * Runs work with a stand-in of the game, and removes it afterwards.
 *
 * @param switches command-line switches; may depend on the program's path
 */
export async function withStandin(
    options: StandinOptions,
    switches: readonly string[] | ((program: string) => readonly string[]),
    work: (standin: Victim, program: string) => Promise<void>,
): Promise<void> {
    await withProgram(options, async (program) => {
        const standin = await startStandin(program, typeof switches === "function" ? switches(program) : switches);
        try {
            await work(standin, program);
        } finally {
            standin.kill();
            await standin.exited;
        }
    });
}

/** The same with the program's file, without starting it. */
export async function withProgram(options: StandinOptions, work: (program: string) => Promise<void>): Promise<void> {
    const program = await buildStandin(options);
    try {
        await work(program);
    } finally {
        rmSync(dirname(program), { recursive: true, force: true });
    }
}
