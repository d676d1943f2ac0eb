import { UserError } from "../../errors.js";
import { findOnPath } from "../../process/find-program.js";

/** A Python that can make the private environment. */
export interface Python {
    /** Full path of its interpreter. */
    readonly path: string;
}

/** A command that may start a Python. */
type Candidate = readonly [program: string, ...args: string[]];

/** Python's launcher knows every installation from python.org; `python` may be the Microsoft Store's. */
const onWindows: readonly Candidate[] = [["py.exe", "-3"], ["python.exe"], ["python3.exe"]];
const elsewhere: readonly Candidate[] = [["python3"], ["python"]];

/** Prints the interpreter's path, or fails with the reason why it can't be used. */
const probe = `import sys
sys.version_info >= (3, 8) or sys.exit("too old: " + sys.version)
import ${process.platform === "win32" ? "pip" : "venv, ensurepip"}
print(sys.executable)`;

/**
 * Finds a Python, 3.8 or later, that can make the private environment: `$POOLNV_PYTHON`, else one of the usual commands
 * on the PATH. On Windows it needs pip, elsewhere venv.
 *
 * @throws UserError NO_ENGINE with the reason why each candidate can't be used
 */
export async function findPython(): Promise<Python> {
    const chosen = process.env["POOLNV_PYTHON"];
    const usual = process.platform === "win32" ? onWindows : elsewhere;
    const reasons: string[] = [];
    for (const [program, ...args] of chosen === undefined || chosen === "" ? usual : [[chosen] as const]) {
        const result = await tryPython(program, args);
        if ("path" in result) return result;
        reasons.push(`${program}: ${result.reason}`);
    }
    const resolution = chosen
        ? `set POOLNV_PYTHON to a Python of version 3.8 or later that has ${process.platform === "win32" ? "pip" : "the venv module"}`
        : pythonResolution();
    throw new UserError("NO_ENGINE", `no usable Python (${reasons.join("; ")})`, resolution);
}

/** How to get a usable Python on this system. */
export function pythonResolution(): string {
    if (process.platform === "win32") {
        return "install Python 3.8 or later from python.org or the Microsoft Store, or set POOLNV_PYTHON to its python.exe";
    }
    if (process.platform === "darwin") {
        return "run: brew install python3, or set POOLNV_PYTHON to a Python 3.8 or later";
    }
    return "run: apt-get install python3-venv (or your distribution's Python 3 with venv)";
}

async function tryPython(program: string, args: readonly string[]): Promise<Python | { reason: string }> {
    const hasFolder = /[\\/]/.test(program);
    // A shell would print "not found" in the system's language.
    const path = hasFolder ? program : findOnPath(program);
    if (path === null) return { reason: "not found" };
    const { execa } = await import("execa"); // large, and rarely needed
    const result = await execa(path, [...args, "-c", probe], { reject: false, stdin: "ignore", timeout: 30_000 });
    const found = result.stdout?.trim() ?? "";
    if (!result.failed && found !== "") return { path: found };
    if (result.code === "ENOENT") return { reason: "not found" };
    return { reason: result.stderr?.trimEnd().split("\n").at(-1) || result.shortMessage || "does not start" };
}
