import type { Target } from "../fixtures/support/targets.js";

/**
 * The same program with busy threads that yield to hosts, so that a moment in the life of a host comes as soon as on an
 * idle machine, and many rounds fit into an hour. Not for what runs under Wine: its server would yield, too.
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
