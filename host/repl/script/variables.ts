import type { VariableType } from "./syntax.js";

/** The variables of a running script. Names are case-insensitive; values start at 0. */
export class Variables {
    readonly #byName = new Map<string, { name: string; type: VariableType; value: number }>();

    declare(name: string, type: VariableType): void {
        this.#byName.set(name.toLowerCase(), { name, type, value: 0 });
    }

    /** `int` and `short` drop the fraction. */
    set(name: string, value: number): void {
        const variable = this.#byName.get(name.toLowerCase());
        if (variable === undefined) throw new Error(`${name} is set but not declared`);
        variable.value = variable.type === "float" ? value : Math.trunc(value);
    }

    get(name: string): number | undefined {
        return this.#byName.get(name.toLowerCase())?.value;
    }

    /** All values, by the names in the declarations. */
    toObject(): Record<string, number> {
        return Object.fromEntries([...this.#byName.values()].map(({ name, value }) => [name, value]));
    }
}
