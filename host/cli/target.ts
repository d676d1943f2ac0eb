/** What a person types for a process: digits are a pid, anything else a file name. */
export function parseTarget(text: string): string | number {
    return /^\d+$/.test(text) ? Number(text) : text;
}

/** The positional argument of that kind. */
export const processPositional = {
    type: "string",
    demandOption: true,
    describe: "file name (in any case, .exe optional) or pid",
} as const;
