import { existsSync } from "node:fs";
import { systemPath, typedPath } from "../../files/path-bytes.js";

/*
 * Constructors of options. Each checks what was typed as yargs coerces it, so a command receives a value that is in
 * order; whatever a check throws becomes a usage error that points at the help of the command.
 */

/** What yargs hands over: a list if the option was given more than once. */
type Typed = string | string[];

interface About {
    readonly describe: string;
    /** The default in words, for the help. */
    readonly usual?: string;
    /** Heading in the help, with its colon. */
    readonly group?: string;
}

interface NumberRange {
    readonly from: number;
    readonly to: number;
    /** Default: a whole number of no unit. Seconds may have a fraction. */
    readonly unit?: "seconds" | "whole seconds";
}

/** A text. */
export function textOption(name: string, about: About) {
    return option("string", about, (typed: Typed) => once(name, typed));
}

/** Name of a file or folder. */
export function pathOption(name: string, about: About) {
    return option("string", about, (typed: Typed) => {
        const path = once(name, typed);
        if (path === "") throw new Error(`The name for --${name} is empty.`);
        return namedPath(path);
    });
}

/** A path as it was typed, or copied from a JSON document. */
export function namedPath(typed: string): string {
    return typedPath(typed, (path) => existsSync(systemPath(path)));
}

/** A number in decimal digits. */
export function numberOption(name: string, about: About, range: NumberRange) {
    const { from, to, unit } = range;
    const bounds = `${from} to ${to}`;
    const [shape, expected] =
        unit === "seconds"
            ? [/^\d+(\.\d+)?$/, `seconds, ${bounds}`]
            : [/^\d+$/, `a whole number${unit === undefined ? "" : " of seconds"}, ${bounds}`];
    const describe = `${about.describe}${unit === undefined ? "" : " in seconds"}, ${bounds}`;
    return option("number", { ...about, describe }, (typed: Typed) => {
        const text = once(name, typed);
        const value = Number(text);
        if (!shape.test(text) || value < from || value > to) {
            throw new Error(`--${name} is "${text}", but must be ${expected}.`);
        }
        return value;
    });
}

/** Something that is off unless it is given. */
export function flag(describe: string, group?: string) {
    return { type: "boolean", default: false, describe, group } as const;
}

/** @throws Error if an option was given more than once */
export function once(name: string, typed: Typed): string {
    if (Array.isArray(typed)) throw new Error(`--${name} was given more than once.`);
    return typed;
}

function option<Value>(type: "string" | "number", { describe, usual, group }: About, coerce: (typed: Typed) => Value) {
    return {
        type,
        string: true, // yargs would turn 0x10, 1e3 and an empty text to numbers before they are checked
        requiresArg: true,
        describe,
        group,
        defaultDescription: usual,
        coerce,
    } as const;
}
