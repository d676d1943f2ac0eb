import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** A program that nobody here wrote, with work for it. */
export interface ForeignProgram {
    name: string;
    /** What a skipped test prints, or null. */
    missing: string | null;
    /** Its exit code, chosen so that nothing else can be taken for it. */
    exitCode: number;
    /** Environment for its runs and for the command line that launches it. */
    env: Record<string, string>;
    /** How a person would start it, without the pool. */
    starter: string[];
    /**
     * Program and arguments. It writes its results to `output`, creates `output`.done, waits until `output`.leave is
     * there, and ends with `exitCode`.
     */
    command(output: string): string[];
}

/** Every program's own exit code. */
export const ownExitCode = 7;

/** Full path of a program on the PATH, or null. */
export function onPath(program: string): string | null {
    for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
        try {
            accessSync(join(folder, program), constants.X_OK);
            return join(folder, program);
        } catch {
            continue;
        }
    }
    return null;
}
