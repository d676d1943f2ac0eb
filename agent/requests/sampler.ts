import {
    callerChainLength,
    callerRowBytes,
    callerRowLayout,
    callersPageBytes,
    callersPageLayout,
    callersPageRows,
} from "../../shared/layout.js";
import type { CallersPage, SampledCaller } from "../../shared/protocol.js";
import type { ControlBlock } from "../process/control-block.js";

/** Who asks for memory, as the pool has sampled it. */
export class Callers {
    constructor(readonly control: ControlBlock) {}

    sample(oneIn: number): number {
        return this.control.call("sample_callers", "uint32", ["uint32"], oneIn);
    }

    read(from: number): CallersPage {
        const page = Memory.alloc(callersPageBytes);
        this.control.call("callers", "void", ["pointer", "uint32"], page, from);
        const { one_in, epoch, samples, unplaced, next, count, rows } = callersPageLayout;
        const filled = Math.min(page.add(count).readU32(), callersPageRows);
        return {
            oneIn: page.add(one_in).readU32(),
            epoch: page.add(epoch).readU32(),
            samples: page.add(samples).readU64().toNumber(),
            unplaced: page.add(unplaced).readU64().toNumber(),
            next: page.add(next).readU32() || null,
            rows: Array.from({ length: filled }, (_, index) => readRow(page.add(rows + index * callerRowBytes))),
        };
    }
}

function readRow(row: NativePointer): SampledCaller {
    const { chain, samples, bytes } = callerRowLayout;
    const addresses: string[] = [];
    for (let depth = 0; depth < callerChainLength; depth++) {
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
