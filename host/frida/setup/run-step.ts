import type { Options } from "execa";
import { UserError } from "../../errors.js";

/** A program that setup runs, with what to tell the user when it fails. */
export interface Step {
    /** What it does, to follow "could not": `install Frida`. */
    readonly purpose: string;
    readonly command: string;
    readonly args: readonly string[];
    /** One line: what the user can do about it. */
    readonly resolution: string;
    /** Milliseconds; ten minutes where not given. */
    readonly timeout?: number;
    readonly cwd?: string;
    /** Added to the environment. */
    readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a step to its end and returns its standard output.
 *
 * @throws UserError SETUP_FAILED with the last line the program wrote
 */
export async function runStep(step: Step): Promise<string> {
    const options = {
        timeout: step.timeout ?? 600_000,
        cwd: step.cwd,
        env: step.env,
        stdin: "ignore",
    } satisfies Options;
    const { execa } = await import("execa"); // large, and seldom wanted
    const result = await execa(step.command, step.args, { ...options, reject: false });
    if (!result.failed) return result.stdout;
    const missing = result.code === "ENOENT" ? `${step.command} is not there` : "";
    const told = missing || lastLine(result.stderr) || lastLine(result.stdout) || lastLine(result.shortMessage);
    throw new UserError("SETUP_FAILED", `could not ${step.purpose}: ${told}`, step.resolution, { cause: result });
}

function lastLine(text: string | undefined): string {
    return (text ?? "").trimEnd().split("\n").at(-1)?.trim() ?? "";
}
