import type { CodeSymbol, SampledCaller } from "../../../shared/protocol/sampling.js";

/** How to group callers: by module, or by function, and by address in code without function names. */
export type Grouping = "module" | "function";

/** The sampled calls of one function or module. */
export interface CallerGroup {
    /** File name; null: code that belongs to no file, or a caller that is not known. */
    module: string | null;
    /** Null: it has no known name, or the grouping is by module. */
    function: string | null;
    /** Offset of the return address from the base of the module if the function has no name, else 0. */
    offset: number;
    /** Number of sampled calls. */
    samples: number;
    /** Bytes that these calls asked for. */
    bytes: number;
}

/**
 * Groups calls by the innermost code of each chain that is no wrapper around an allocation function. The group with the
 * largest number of bytes comes first.
 */
export function groupCallers(
    callers: readonly SampledCaller[],
    symbolOf: (address: string) => CodeSymbol | undefined,
    isWrapper: (symbol: CodeSymbol) => boolean,
    by: Grouping,
): CallerGroup[] {
    const groups = new Map<string, CallerGroup>();
    for (const { chain, samples, bytes } of callers) {
        const symbols = chain.map(symbolOf).filter((symbol) => symbol !== undefined && symbol.module !== null);
        const known = symbols as CodeSymbol[];
        const group = groupOf(known.find((symbol) => !isWrapper(symbol)) ?? known[0], by);
        const key = JSON.stringify([group.module, group.function, group.offset]);
        const sum = groups.get(key) ?? group;
        groups.set(key, { ...sum, samples: sum.samples + samples, bytes: sum.bytes + bytes });
    }
    return [...groups.values()].sort((one, other) => other.bytes - one.bytes || other.samples - one.samples);
}

function groupOf(symbol: CodeSymbol | undefined, by: Grouping): CallerGroup {
    const none = { module: null, function: null, offset: 0, samples: 0, bytes: 0 };
    if (symbol === undefined) return none;
    const { module, offset } = symbol;
    if (by === "module") return { ...none, module };
    return symbol.function === null ? { ...none, module, offset } : { ...none, module, function: symbol.function };
}
