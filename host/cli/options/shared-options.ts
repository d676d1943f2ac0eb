import type { Argv, InferredOptionTypes, Options } from "yargs";
import {
    checkSetting,
    describeDefault,
    rowOf,
    type SettingName,
    settingNames,
    type SettingOption,
} from "../../config/settings.js";
import { UserError } from "../../errors.js";
import { flag, namedPath, once, pathOption } from "./typed-options.js";

/** How poolnv prints, whatever the command. */
export const outputOptions = {
    json: flag("print exactly one JSON document on standard output", "Output:"),
    quiet: flag("print no progress on standard error", "Output:"),
} as const;

/** Headings in the help, of options that do not concern the pool. */
const groups: Readonly<Record<string, string>> = { engine: "Engine:", "wine-prefix": "Engine:", encoding: "Saves:" };

const settingOptions = Object.fromEntries(
    settingNames.flatMap((name) => {
        const { option } = rowOf(name);
        return option === undefined ? [] : [[option, settingOption(name, option)]];
    }),
) as Record<SettingOption, ReturnType<typeof settingOption>>;

/** Which engine attaches to the program. */
export const engineOption = { engine: settingOptions.engine } as const;

/** In which encoding the texts of saves are. */
export const encodingOption = { encoding: settingOptions.encoding } as const;

/** What it takes to reach the pool that a program already has. */
export const connectOptions = {
    ...engineOption,
    "wine-prefix": settingOptions["wine-prefix"],
    config: pathOption("config", {
        describe: "INI file with settings; options override it",
        usual: "the one in the program's folder, if any",
    }),
} as const;

/** The same for commands that print in the game, too. */
export const consoleOptions = { ...connectOptions, "print-in-game": settingOptions["print-in-game"] } as const;

/** What it takes to install a pool in a program of our own. */
export const installOptions = {
    "pool-size": settingOptions["pool-size"],
    strategy: settingOptions.strategy,
    layers: settingOptions.layers,
    log: settingOptions.log,
    ...engineOption,
    config: connectOptions.config,
} as const;

/** What it takes to install a pool in any program. */
export const poolOptions = {
    ...installOptions,
    ...consoleOptions,
    "extra-patches": settingOptions["extra-patches"],
    sandboxed: settingOptions.sandboxed,
} as const;

/** Leaves after the install. */
export const detachOption = { detach: flag("install and leave, without the console") } as const;

/** Options that are settings, as commands receive them. */
export type PoolArguments = Partial<InferredOptionTypes<typeof poolOptions>>;

/** Options that several commands know. A command that does not use one refuses it by its name. */
const sharedOptions: Record<string, Options> = { ...poolOptions, ...detachOption };

/**
 * Declares the options that a command uses. Shared options that it does not use are declared, too, but hidden and
 * refused: yargs then reads a command line in the same way for every command, and the error can say why.
 *
 * @throws UserError USAGE from the parser, naming the option
 */
export function withOptions<Parsed, Used extends Record<string, Options>>(
    parser: Argv<Parsed>,
    command: string,
    used: Used,
): Argv<Omit<Parsed, keyof Used> & InferredOptionTypes<Used>> {
    const unused = Object.entries(sharedOptions).filter(([name]) => !(name in used));
    const hidden = unused.map(([name, { type }]) => [name, { type, hidden: true }] as const);
    return parser
        .options(Object.fromEntries(hidden))
        .options(used)
        .check((parsed: Record<string, unknown>) => {
            const [given] = unused.find(([name]) => parsed[name] !== undefined) ?? [];
            if (given === undefined) return true;
            throw new UserError("USAGE", `${command} does not use --${given}.`, `See: poolnv ${command} --help`);
        }, false) as unknown as Argv<Omit<Parsed, keyof Used> & InferredOptionTypes<Used>>;
}

/** An option of the command line that sets what a line of a configuration file sets. */
function settingOption(name: SettingName, option: string) {
    const row = rowOf(name);
    const { unit, accepts, isPath, words } = row.kind;
    const describe = [
        row.summary,
        unit === null ? "" : ` in ${unit}`,
        isPath || words !== undefined ? "" : `: ${accepts}`,
    ].join("");
    return {
        type: unit === null ? "string" : "number",
        string: true, // keeps the text as it was typed: see `typed-options.ts`
        requiresArg: true,
        describe,
        group: groups[option] ?? "Pool:",
        choices: words,
        defaultDescription: describeDefault(row),
        coerce: (typed: string | string[]) => {
            const text = isPath ? namedPath(once(option, typed)) : once(option, typed);
            const checked = checkSetting(name, text);
            if ("expectation" in checked) throw new Error(`--${option} is "${text}", but ${checked.expectation}.`);
            return checked.settings[name];
        },
    } as const;
}
