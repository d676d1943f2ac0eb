import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { UserError } from "../../errors.js";
import { npmFrida } from "./pins.js";
import { type Report, runStep } from "./run-step.js";

const packageFolder = fileURLToPath(new URL("../../../../", import.meta.url));
const withoutBinding = "use the Python engine instead, run: npx poolnv setup --engine python";

/**
 * Makes the npm binding loadable: its binary is not in the package, its install script downloads it.
 *
 * @returns whether anything had to be done
 * @throws UserError SETUP_FAILED if that binary can't be downloaded or does not load
 */
export async function ensureBinding(report: Report): Promise<boolean> {
    if (await bindingLoads()) return false;
    report(`fetching the npm binding of Frida ${npmFrida.version} (about 60 MB)`);
    const { name, version } = npmFrida;
    const fetch = isInstalled(name) ? ["rebuild", name] : ["install", "--no-save", `${name}@${version}`];
    await runStep({
        purpose: "fetch the npm binding of Frida",
        command: "npm",
        args: [...fetch, "--no-audit", "--no-fund"],
        cwd: packageFolder,
        resolution: withoutBinding,
        timeout: 180_000,
    });
    if (await bindingLoads()) return true;
    throw new UserError("SETUP_FAILED", "the npm binding of Frida does not load on this system", withoutBinding);
}

/** Tries in a process of its own: a binary made for another system can end the process that loads it. */
async function bindingLoads(): Promise<boolean> {
    const { execa } = await import("execa"); // large, and seldom needed
    const script = `await import(${JSON.stringify(npmFrida.name)})`;
    const args = ["--input-type=module", "--eval", script];
    const probe = await execa(process.execPath, args, { cwd: packageFolder, reject: false, timeout: 30_000 });
    return !probe.failed;
}

function isInstalled(name: string): boolean {
    try {
        return existsSync(new URL(import.meta.resolve(name))); // its own package.json can't be resolved
    } catch {
        return false;
    }
}
