import { register } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { UserError } from "../../errors.js";
import { readSmallFile, UnreadableFile } from "../../files/read-small-file.js";
import type { Scenario } from "./scenario.js";
import { parseTextScenario } from "./text-scenario.js";

const textBytesAtMost = 64 * 1024;

/**
 * Reads a scenario: a module (`.mjs`, `.js`, and `.ts` where this Node takes types away) whose default export is one, or
 * plain text. A module is run.
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
    findOwnPackage();
    const name = path.basename(full);
    if (readSmall(full, moduleBytesAtMost) === null) throw notReadable(full, "there is no such file");
    if (/ts$/i.test(name) && !stripsTypes())
        throw new UserError(
            "BAD_SCENARIO",
            `${name} is TypeScript, which Node ${process.versions.node} does not run by itself.`,
            "Use Node 22.18 or newer, or compile it to .mjs first.",
        );
    const exported: unknown = await import(pathToFileURL(full).href).then(
        (module: { default?: unknown }) => module.default,
        (cause: Error) => {
            const message = `${name} does not run: ${cause.message}`;
            throw new UserError(
                "BAD_SCENARIO",
                message,
                "Resolution the file; what a scenario is: README, Load tests",
                {
                    cause,
                },
            );
        },
    );
    if (isScenario(exported)) return exported;
    throw new UserError(
        "BAD_SCENARIO",
        `${name} has no scenario as its default export.`,
        'Write: import { scenario } from "poolnv/loadtest"; export default scenario({ run: async (steps) => {} });',
    );
}

/** `poolnv` in a scenario's imports is the package that runs it, wherever the file is. */
function findOwnPackage(): void {
    if (isFound) return;
    isFound = true;
    register("./own-package.js", import.meta.url);
}

let isFound = false;

const moduleBytesAtMost = 16 * 1024 * 1024;

function stripsTypes(): boolean {
    return "typescript" in process.features && Boolean(process.features.typescript);
}

function isScenario(value: unknown): value is Scenario {
    return typeof value === "object" && value !== null && "kind" in value && value.kind === "scenario";
}

function readText(full: string): string {
    const bytes = readSmall(full, textBytesAtMost);
    if (bytes === null) throw notReadable(full, "there is no such file");
    return bytes.toString("utf8");
}

function readSmall(full: string, most: number): Buffer | null {
    try {
        return readSmallFile(full, most);
    } catch (error) {
        throw error instanceof UnreadableFile ? notReadable(full, error.reason) : error;
    }
}

function notReadable(file: string, why: string): UserError {
    return new UserError(
        "SCENARIO_NOT_READABLE",
        `The scenario ${file} can't be read: ${why}.`,
        "Name a file that is there, or a folder of saves.",
    );
}
