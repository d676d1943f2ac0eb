import type { CompileTarget } from "../../fixtures/prepare/compile.js";
import { makeTarget, type Target } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";

/** Runs work beside a victim of its own, and leaves neither process nor folder behind. */
export async function withVictim(
    name: CompileTarget,
    work: (victim: Victim, target: Target) => Promise<void>,
    prepare: (target: Target) => Promise<void> | void = () => {},
): Promise<void> {
    const target = await makeTarget(name);
    let victim: Victim | undefined;
    try {
        await prepare(target);
        victim = await Victim.start(target);
        await work(victim, target);
    } finally {
        victim?.kill();
        await victim?.exited;
        target.remove();
    }
}
