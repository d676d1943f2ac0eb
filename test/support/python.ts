import { readEnvironments } from "../prepare/environments.js";

/** The prepared Python with the frida wheel. */
export function preparedPython(): string {
    const { python } = readEnvironments();
    if (!python.ready) throw new Error(python.reason);
    return python.python;
}
