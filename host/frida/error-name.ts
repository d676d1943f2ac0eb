/** Errors of Frida that the host acts on, by Frida's own names. */
export type FridaErrorName =
    | "HelperNotStarted"
    | "ExecutableNotSupportedError"
    | "ProcessNotFoundError"
    | "PermissionDeniedError"
    | "ExecutableNotFoundError"
    | "ProcessNotRespondingError"
    | "InvalidOperationError";

/**
 * Classifies an error of Frida: by its name, which Python has as the class, else by its message. The npm binding throws
 * each as a plain `Error` with the same message (17.18), and some have another name when they come from a helper process.
 *
 * @returns null for any other error
 */
export function fridaErrorName({ name, message }: { name: string; message: string }): FridaErrorName | null {
    return known.find(([known, words]) => known === name || words.test(message))?.[0] ?? null;
}

/** In the order in which they are tried. */
const known: readonly (readonly [FridaErrorName, RegExp])[] = [
    ["HelperNotStarted", /failed to execute child process/i],
    ["ExecutableNotSupportedError", /unable to parse executable/i],
    ["ProcessNotFoundError", /unable to find process/i],
    ["PermissionDeniedError", /permission|access denied|not permitted/i],
    ["ExecutableNotFoundError", /unable to find executable/i],
    ["ProcessNotRespondingError", /not responding|refused to load frida-agent|terminated during injection/i],
    ["InvalidOperationError", /script (has been|is) destroyed|session is gone|detached/i],
];
