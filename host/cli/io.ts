/** The streams and the environment a command line runs in. `process` is one; tests supply their own. */
export interface Io {
    stdin: NodeJS.ReadableStream & { isTTY?: boolean };
    stdout: NodeJS.WritableStream & TerminalTraits;
    stderr: NodeJS.WritableStream & TerminalTraits;
    env: NodeJS.ProcessEnv;
}

interface TerminalTraits {
    isTTY?: boolean;
    columns?: number;
}
