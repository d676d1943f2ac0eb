/** Whether a question failed because the program has ended. */
export function isEndOfProgram(error: unknown): boolean {
    return error instanceof Error && "code" in error && error.code === "TARGET_GONE";
}
