import { UserError } from "../../errors.js";

const usable = "import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 8) else 'too old: ' + sys.version)";

/**
 * Finds a Python, 3.8 or later, that can make virtual environments: `$POOLNV_PYTHON`, else `python3` or `python` on
 * the PATH.
 *
 * @returns the command to start it with
 * @throws UserError NO_ENGINE that says what each candidate lacks
 */
export async function findPython(): Promise<string> {
    const chosen = process.env["POOLNV_PYTHON"];
    const complaints: string[] = [];
    const { execa } = await import("execa"); // large, and seldom wanted
    for (const command of chosen ? [chosen] : ["python3", "python"]) {
        const probe = await execa(command, ["-c", usable], { reject: false, stdin: "ignore", timeout: 30_000 });
        if (!probe.failed) return command;
        complaints.push(`${command}: ${complaint(probe)}`);
    }
    throw new UserError("NO_ENGINE", `no usable Python (${complaints.join("; ")})`, resolution(chosen));
}

function complaint(probe: { code?: string; stderr?: string; shortMessage?: string }): string {
    if (probe.code === "ENOENT") return "not found";
    return probe.stderr?.trimEnd().split("\n").at(-1) || probe.shortMessage || "does not start";
}

function resolution(chosen: string | undefined): string {
    if (chosen) return "set POOLNV_PYTHON to a Python of version 3.8 or later that has the venv module";
    if (process.platform === "win32") return "install Python 3.8 or later, or set POOLNV_PYTHON to its python.exe";
    if (process.platform === "darwin")
        return "run: brew install python3, or set POOLNV_PYTHON to a Python 3.8 or later";
    return "run: apt-get install python3-venv (or your distribution's Python 3 with venv)";
}
