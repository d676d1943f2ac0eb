/**
 * What a person types for a process: digits are a pid, anything else a file name. One that begins with a dash would be an
 * option, and one of digits a pid: `./` in front makes it a name, as it does for other tools.
 */
export function parseTarget(text: string): string | number {
    return /^\d+$/.test(text) ? Number(text) : text.replace(/^\.\//, "");
}

/** The positional argument of that kind. */
export const processPositional = {
    type: "string",
    demandOption: true,
    describe: "file name (in any case, .exe optional; ./-NAME where it begins with a dash) or pid",
} as const;
