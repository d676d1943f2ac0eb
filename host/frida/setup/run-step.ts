import type { Options } from "execa";
import { UserError } from "../../errors.js";

/** Receives one line of progress at a time, for the user to read. */
export type Report = (line: string) => void;

/** A program that setup runs, and the user's error if it fails. */
export interface Step {
    /** Follows "could not" in the error: `install Frida`. */
    readonly purpose: string;
    readonly command: string;
    readonly args: readonly string[];
    /** How the user can make it succeed, in one line. */
    readonly resolution: string;
    /** Milliseconds; ten minutes if not given. */
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
    const { execa } = await import("execa"); // large, and seldom needed
    const result = await execa(step.command, step.args, { ...options, reject: false });
    if (!result.failed) return result.stdout;
    const missing = result.code === "ENOENT" ? `${step.command} is not installed` : "";
    const reason = missing || lastLine(result.stderr) || lastLine(result.stdout) || lastLine(result.shortMessage);
    throw new UserError("SETUP_FAILED", `could not ${step.purpose}: ${reason}`, step.resolution, { cause: result });
}

function lastLine(text: string | undefined): string {
    return (text ?? "").trimEnd().split("\n").at(-1)?.trim() ?? "";
}
