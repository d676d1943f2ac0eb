import { execa } from "execa";
import { fileURLToPath } from "node:url";

/** What a run of the command line left behind. */
export interface Run {
    code: number | undefined;
    stdout: string;
    stderr: string;
}

/** Runs the real command line as a process of its own. */
export async function poolnv(
    args: string[],
    options: { input?: string; env?: Record<string, string>; timeout?: number } = {},
): Promise<Run> {
    const { exitCode, stdout, stderr } = await execa(process.execPath, [commandLine, ...args], {
        reject: false,
        input: options.input ?? "",
        timeout: options.timeout ?? 120_000,
        ...(options.env === undefined ? {} : { env: options.env }),
    });
    return { code: exitCode, stdout, stderr };
}

/** Path of the built command line. */
export const commandLine = fileURLToPath(new URL("../../host/bin.js", import.meta.url));
