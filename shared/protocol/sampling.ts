/** Sampled calls with one and the same call chain. */
export interface SampledCaller {
    /** Return addresses in hexadecimal, innermost first; more than one only in 32-bit Windows programs. */
    chain: string[];
    /** Number of sampled calls. */
    samples: number;
    /** Bytes that these calls asked for. */
    bytes: number;
}

/** One page of the sampler's table. Two rows may have the same chain. */
export interface SamplerPage {
    /** One call in this many is sampled; 0: the sampler is off. */
    sampleInterval: number;
    /** Changes when sampling starts anew and the table is emptied. */
    epoch: number;
    /** Samples since it started. */
    samples: number;
    /** Samples for which the table had no free row. */
    dropped: number;
    /** First row of the next page; null: this is the last page. */
    next: number | null;
    /** Up to 64. */
    rows: SampledCaller[];
}

/** The symbol of a code address. */
export interface CodeSymbol {
    /** File name of the module; null: the address belongs to no module. */
    module: string | null;
    /** Offset from the base of that module, in bytes. */
    offset: number;
    /** The named function of that module that contains it, up to 200 characters; or null. */
    function: string | null;
    /** Offset from the start of that function, in bytes. */
    into: number;
}
