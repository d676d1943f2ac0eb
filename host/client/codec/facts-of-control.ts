import { type ControlClaims, InvalidControl, type KnownOfControl, readClaims } from "../../../shared/control-claims.js";
import type { PoolFacts } from "../../../shared/protocol/pool.js";
import { AgentRefusal } from "../../frida/engine.js";

/**
 * The facts of a control block.
 *
 * @param block a copy of `struct PoolControl`
 * @throws AgentRefusal FOREIGN_VERSION, FORGED_POOL
 */
export function factsOf(block: Buffer): PoolFacts {
    const claims = claimsOf(block, { self: null, pid: null });
    return {
        pid: claims.pid,
        arch: claims.pointerBytes === 4 ? "ia32" : "x64",
        platform: claims.system,
        program: claims.program,
        strategy: claims.strategy,
        layers: claims.layers,
        poolBytes: claims.regionBytes,
        requestedBytes: claims.requestedBytes,
        hooked: claims.stage === "hooked",
        logFile: claims.logFile,
        game: claims.game,
        hasMainThreadQueue: claims.functions.has("main_thread"),
    };
}

/** @throws AgentRefusal FOREIGN_VERSION, FORGED_POOL */
export function claimsOf(block: Buffer, known: KnownOfControl): ControlClaims {
    try {
        return readClaims(new DataView(block.buffer, block.byteOffset, block.length), known);
    } catch (error) {
        if (!(error instanceof InvalidControl)) throw error;
        throw new AgentRefusal(error.code, error.message, undefined);
    }
}
