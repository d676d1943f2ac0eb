/** The positional argument that names a process: a file name, or a pid. */
export const processPositional = {
    type: "string",
    demandOption: true,
    describe: "file name (case-insensitive, .exe optional; ./-NAME if it begins with a dash) or pid",
    coerce: parseProcess,
} as const;

/** Digits are a pid, anything else is a file name. `./` in front makes a name of digits, or of what would be an option. */
function parseProcess(text: string): string | number {
    return /^\d+$/.test(text) ? Number(text) : text.replace(/^\.\//, "");
}
