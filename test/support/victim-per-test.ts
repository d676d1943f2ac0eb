import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { attach } from "../../host/session/open.js";
import type { PoolOptions, PoolSession } from "../../host/session/pool-session.js";
import type { Target } from "./targets.js";
import { Victim } from "./victim.js";

/**
 * A victim of its own, with a name of its own, for each test of a suite. It ends while later tests run, because Frida
 * must tidy up in it first. The last test of the suite asks how they all ended.
 */
export class VictimPerTest {
    readonly #target: () => Target;
    #count = 0;
    readonly #endings = new Map<string, Promise<number | null>>();

    /** @param target asked for when a test begins */
    constructor(target: () => Target) {
        this.#target = target;
    }

    /** What to do in a test that has a victim. */
    each(work: (victim: Victim) => Promise<void>): (test: TestContext) => Promise<void> {
        return async ({ name }) => {
            const target = this.#target();
            const program = join(target.folder, `${this.#count++}-${target.processName}`);
            copyFileSync(target.victim, program);
            const victim = await Victim.start({ ...target, victim: program });
            try {
                await victim.order("work 1 100 8"); // every thread once: runtimes keep a block for each
                await work(victim);
                this.#endings.set(name, victim.quit());
            } catch (error) {
                victim.kill();
                throw error;
            }
        };
    }

    /** What to do in a test whose victim has a pool; leaves it when the test is over. */
    withPool(
        options: PoolOptions,
        work: (victim: Victim, session: PoolSession) => Promise<void>,
    ): (test: TestContext) => Promise<void> {
        return this.each(async (victim) => {
            const session = await attach(victim.processName, options);
            try {
                await work(victim, session);
            } finally {
                await session.close();
            }
        });
    }

    /** Fails unless every victim whose test passed ended well, too. */
    async endedWell(): Promise<void> {
        for (const [test, ending] of this.#endings) assert.equal(await ending, 0, `exit code after "${test}"`);
    }
}
