import { UserError } from "../../errors.js";
import { single } from "./resolve-settings.js";

/** What a number on the command line may be. */
export interface NumberOption {
    /** Without dashes. */
    name: string;
    /** The command it belongs to. */
    command: string;
    shape: RegExp;
    least: number;
    most: number;
    /** The same in words, with the unit. */
    expectation: string;
}

/**
 * @returns undefined where it was not typed
 * @throws UserError USAGE
 */
export function numberOption(option: NumberOption, words: string | string[] | undefined): number | undefined {
    const { name, command, shape, least, most, expectation } = option;
    const text = single(name, words);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (shape.test(text) && value >= least && value <= most) return value;
    throw new UserError(
        "USAGE",
        `--${name} is "${text}", but must be ${expectation}.`,
        `See: poolnv ${command} --help`,
    );
}

/** Digits only. */
export const wholeNumber = /^\d+$/;
/** Digits, and a point between them. */
export const decimalNumber = /^\d+(\.\d+)?$/;
