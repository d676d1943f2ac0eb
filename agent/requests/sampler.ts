import {
    samplerDepth,
    samplerPageBytes,
    samplerPageLayout,
    samplerPageRows,
    samplerRowBytes,
    samplerRowLayout,
} from "../../shared/layout.js";
import type { SampledCaller, SamplerPage } from "../../shared/protocol/sampling.js";
import type { ControlBlock } from "../process/control-block.js";

/** The sampler of the pool's C, and the call chains in its table. */
export class Sampler {
    constructor(readonly control: ControlBlock) {}

    /** @returns the interval in force */
    start(sampleInterval: number): number {
        return this.control.call("sampler_start", "uint32", ["uint32"], sampleInterval);
    }

    read(from: number): SamplerPage {
        const page = Memory.alloc(samplerPageBytes);
        this.control.call("sampler_read", "void", ["pointer", "uint32"], page, from);
        const { sample_interval, epoch, samples, dropped, next, count, rows } = samplerPageLayout;
        const filled = Math.min(page.add(count).readU32(), samplerPageRows);
        return {
            sampleInterval: page.add(sample_interval).readU32(),
            epoch: page.add(epoch).readU32(),
            samples: page.add(samples).readU64().toNumber(),
            dropped: page.add(dropped).readU64().toNumber(),
            next: page.add(next).readU32() || null,
            rows: Array.from({ length: filled }, (_, index) => readRow(page.add(rows + index * samplerRowBytes))),
        };
    }
}

function readRow(row: NativePointer): SampledCaller {
    const { chain, samples, bytes } = samplerRowLayout;
    const addresses: string[] = [];
    for (let depth = 0; depth < samplerDepth; depth++) {
        const address = row.add(chain + 8 * depth).readU64();
        if (address.equals(0)) break;
        addresses.push(`0x${address.toString(16)}`);
    }
    return {
        chain: addresses,
        samples: row.add(samples).readU64().toNumber(),
        bytes: row.add(bytes).readU64().toNumber(),
    };
}
