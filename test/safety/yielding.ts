import type { Target } from "../fixtures/support/targets.js";

/**
 * The same program at a lower priority, so that a host comes to each of its steps as soon as on an idle machine, and many
 * rounds fit into an hour. Not for programs under Wine: its server would have the lower priority, too.
 */
export function yielding(target: Target): Target {
    if (target.name.startsWith("win32")) return target;
    return {
        ...target,
        command(program) {
            const { file, args, env } = target.command(program);
            return { file: "nice", args: ["-n", "10", file, ...args], env };
        },
    };
}
