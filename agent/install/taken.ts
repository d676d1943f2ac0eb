/**
 * What an installation has taken from the program, and how each of it is given back. Memory of Frida's own (`Memory.alloc`,
 * `CModule`) is not in it: Frida releases that with the script.
 */
export class Taken {
    readonly #returns: (() => void)[] = [];

    add(giveBack: () => void): void {
        this.#returns.push(giveBack);
    }

    /** Runs a function at intervals, until all is given back. */
    every(work: () => void, milliseconds: number): void {
        const timer = setInterval(work, milliseconds);
        this.add(() => clearInterval(timer));
    }

    /** Gives all of it back, the last first. Nothing that fails keeps the rest. Idempotent. */
    giveBack(): void {
        for (let next = this.#returns.pop(); next !== undefined; next = this.#returns.pop()) {
            try {
                next();
            } catch {
                // the program has changed it
            }
        }
    }
}
