import path from "node:path";
import { gameProfiles } from "../../../shared/games/index.js";
import type { PoolFacts } from "../../../shared/protocol/pool.js";
import type { CodeSymbol, SampledCaller } from "../../../shared/protocol/sampling.js";
import type { PoolRequester } from "../ask.js";
import { type CallerGroup, groupCallers, type Grouping } from "./group-callers.js";

/** How many call chains are symbolized, those with the most samples; the others are only counted. */
const chainLimit = 400;

/** The symbols of one program's call chains, each asked for once. */
export class SymbolizedCallers {
    readonly #client: Pick<PoolRequester, "symbols" | "facts">;
    readonly #symbols = new Map<string, CodeSymbol>();

    constructor(client: Pick<PoolRequester, "symbols" | "facts">) {
        this.#client = client;
    }

    /** Finds the symbols that are not known yet. */
    async symbolize(callers: Iterable<SampledCaller>): Promise<void> {
        const addresses = new Set(mostSampled(callers).most.flatMap(({ chain }) => chain));
        const unknown = [...addresses].filter((address) => !this.#symbols.has(address));
        if (unknown.length === 0) return;
        const found = await (await this.#client.symbols()).symbolsOf(unknown);
        for (const [index, symbol] of found.entries()) {
            if (unknown[index] !== undefined) this.#symbols.set(unknown[index], symbol);
        }
    }

    /** @returns the groups, and the number of samples whose chains were not symbolized */
    group(callers: Iterable<SampledCaller>, by: Grouping): { callers: CallerGroup[]; notSymbolized: number } {
        const { most, others } = mostSampled(callers);
        const symbolOf = (address: string): CodeSymbol | undefined => this.#symbols.get(address);
        return { callers: groupCallers(most, symbolOf, wrapperTest(this.#client.facts), by), notSymbolized: others };
    }
}

/** C and C++ runtimes: their operator new, strdup and so on allocate for their callers. */
const runtimes =
    /^(msvcrt|msvcr\d+d?|msvcp\d+d?(_\w+)?|ucrtbase|vcruntime\d+d?(_\w+)?|libc|libstdc\+\+|libc\+\+|ld-.*)(\.dll|\.so.*|-\d.*)?$/i;

/** @returns a test whether code only allocates on behalf of its caller: a C runtime, or a wrapper that the profile lists */
export function wrapperTest({ program, game }: Pick<PoolFacts, "program" | "game">): (symbol: CodeSymbol) => boolean {
    const profile = gameProfiles.find(({ id }) => id === game);
    const file = path.win32.basename(program).toLowerCase();
    return ({ module, offset }) => {
        if (module === null || runtimes.test(module)) return true;
        if (profile === undefined || module.toLowerCase() !== file) return false;
        const address = profile.imageBase + offset;
        return profile.wrappers.some(({ start, end }) => address > start && address <= end);
    };
}

function mostSampled(callers: Iterable<SampledCaller>): { most: SampledCaller[]; others: number } {
    const sorted = [...callers].sort((one, other) => other.samples - one.samples);
    const others = sorted.slice(chainLimit).reduce((sum, { samples }) => sum + samples, 0);
    return { most: sorted.slice(0, chainLimit), others };
}
