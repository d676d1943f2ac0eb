import { register } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { UserError } from "../../errors.js";
import { readSmallFile } from "../../files/read-file.js";
import { UnreadableFile } from "../../files/system-error.js";
import type { Scenario } from "./scenario.js";
import { parseTextScenario } from "./text-scenario.js";

const textBytesAtMost = 64 * 1024;

/**
 * Reads a scenario: plain text, or a module whose default export is a scenario (`.mjs`, `.js`, and `.ts` if this Node strips
 * types). A module is executed.
 *
 * @throws UserError BAD_SCENARIO, SCENARIO_NOT_READABLE
 */
export async function readScenario(file: string): Promise<Scenario> {
    const full = path.resolve(file);
    const name = path.basename(full);
    const read = /\.[mc]?[jt]s$/i.test(name) ? await importScenario(full) : parseTextScenario(readText(full), name);
    return {
        ...read,
        name: read.name ?? name,
        saves: read.saves === null ? null : path.resolve(path.dirname(full), read.saves),
    };
}

async function importScenario(full: string): Promise<Scenario> {
    registerOwnPackage();
    const name = path.basename(full);
    if (readSmall(full, moduleBytesAtMost) === null) throw notReadable(full, "it does not exist");
    if (/ts$/i.test(name) && !stripsTypes()) {
        throw new UserError(
            "BAD_SCENARIO",
            `${name} is TypeScript, which Node ${process.versions.node} can't run directly.`,
            "Use Node 22.18 or newer, or compile it to .mjs first.",
        );
    }
    const exported: unknown = await import(pathToFileURL(full).href).then(
        (module: { default?: unknown }) => module.default,
        (cause: Error) => {
            throw new UserError(
                "BAD_SCENARIO",
                `${name} fails to load: ${cause.message}`,
                "Correct the file. How a scenario is written: see the documentation of load tests.",
                { cause },
            );
        },
    );
    if (isScenario(exported)) return exported;
    throw new UserError(
        "BAD_SCENARIO",
        `${name} does not export a scenario by default.`,
        'Write: import { scenario } from "poolnv"; export default scenario({ run: async (steps) => {} });',
    );
}

/** In a scenario, `import "poolnv"` imports the poolnv that runs it, wherever the file is. */
function registerOwnPackage(): void {
    if (isRegistered) return;
    isRegistered = true;
    register("./own-package.js", import.meta.url, { data: new URL("../../index.js", import.meta.url).href });
}

let isRegistered = false;

const moduleBytesAtMost = 16 * 1024 * 1024;

function stripsTypes(): boolean {
    return "typescript" in process.features && Boolean(process.features.typescript);
}

function isScenario(value: unknown): value is Scenario {
    return typeof value === "object" && value !== null && "kind" in value && value.kind === "scenario";
}

function readText(full: string): string {
    const bytes = readSmall(full, textBytesAtMost);
    if (bytes === null) throw notReadable(full, "it does not exist");
    return bytes.toString("utf8");
}

function readSmall(full: string, most: number): Buffer | null {
    try {
        return readSmallFile(full, most);
    } catch (error) {
        throw error instanceof UnreadableFile ? notReadable(full, error.reason) : error;
    }
}

function notReadable(file: string, reason: string): UserError {
    return new UserError(
        "SCENARIO_NOT_READABLE",
        `The scenario ${file} can't be read: ${reason}.`,
        "Name an existing file, or a folder of saves.",
    );
}
