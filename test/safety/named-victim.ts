import { copyFileSync } from "node:fs";
import { join } from "node:path";
import type { CompileTarget } from "../fixtures/prepare/compile.js";
import { makeTarget, type Target } from "../fixtures/support/targets.js";
import { Victim } from "../fixtures/support/victim.js";

/** A victim whose program has a given file name. Its process and folder are removed afterwards. */
export async function withNamedVictim(
    name: CompileTarget,
    program: string,
    work: (victim: Victim, target: Target) => Promise<void>,
): Promise<void> {
    const target = await makeTarget(name);
    let victim: Victim | undefined;
    try {
        Object.assign(process.env, target.env);
        copyFileSync(target.victim, join(target.folder, program));
        victim = await Victim.start({ ...target, victim: join(target.folder, program) });
        await work(victim, target);
    } finally {
        victim?.kill();
        await victim?.exited;
        target.remove();
    }
}
