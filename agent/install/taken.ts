import { platform } from "../process/platform/index.js";
import { Refusal } from "../refusal.js";

/**
 * What an installation has taken from the program, and how each of it is given back. Memory of Frida's own (`Memory.alloc`,
 * `CModule`) is not in it: Frida releases that with the script, so that nothing which stays may refer to it.
 */
export class Taken {
    readonly #returns: (() => void)[] = [];

    add(giveBack: () => void): void {
        this.#returns.push(giveBack);
    }

    /**
     * Takes zeroed, readable and writable memory of the program's own.
     *
     * @param purpose what it is for, as in "the pool's code"
     * @throws Refusal NO_ROOM
     */
    memory(bytes: number, purpose: string): NativePointer {
        const base = platform().allocate(bytes);
        if (base === null) throw new Refusal("NO_ROOM", `the system refused ${bytes} bytes for ${purpose}`);
        this.add(() => platform().free(base, bytes));
        return base;
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
