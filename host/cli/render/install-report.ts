import { bytesPerMb } from "../../../shared/bytes.js";
import { printable } from "../../../shared/printable.js";
import type { PoolClient } from "../../client/pool-client.js";
import { list } from "../../text/words.js";
import type { Output } from "../output.js";

/** Prints what was installed where. */
export function printInstall({ facts, install, engine }: PoolClient, output: Output): void {
    const { bold, dim } = output.paint;
    const program = `${printable(facts.program)} (pid ${facts.pid})`;
    const row = (label: string, text: string) => `  ${dim(label.padEnd(8))}${text}`;
    output.print(
        bold(install.alreadyInstalled ? `${program} has its pool already.` : `${program} has its pool.`),
        row("engine", engine === null ? "none, the pool answers by itself" : `${engine.kind}, frida ${engine.version}`),
        row("pool", `${facts.poolBytes / bytesPerMb} MB, ${facts.strategy}, layers: ${list(facts.layers)}`),
        ...install.runtimes.map((runtime) =>
            row("hooked", printable(`${list(runtime.functions)} in ${runtime.module}`)),
        ),
        ...(install.patches === 0
            ? []
            : [row("heaps", `the game's own are turned off by ${install.patches} more patches`)]),
        ...(install.stalledMs === null ? [] : [row("stall", `${install.stalledMs.toFixed(1)} ms`)]),
        row("log", printable(facts.logFile ?? "none")),
    );
    if (install.stepDown !== null) output.warning(`The pool is smaller than asked for: ${install.stepDown}`);
}

/** The same as JSON. Sizes in bytes, names as in the statistics. */
export function installDocument({ facts, install, engine }: PoolClient): object {
    return {
        program: facts.program,
        pid: facts.pid,
        platform: facts.platform,
        arch: facts.arch,
        engine,
        strategy: facts.strategy,
        layers: facts.layers,
        pool_size: facts.poolBytes,
        requested_size: facts.requestedBytes,
        step_down: install.stepDown,
        already_installed: install.alreadyInstalled,
        runtimes: install.runtimes,
        patches: install.patches,
        stalled_ms: install.stalledMs,
        log_file: facts.logFile,
    };
}
