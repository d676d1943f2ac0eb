import { UserError } from "../../host/errors.js";
import type { BenchOptions } from "./bench-options.js";
import type { PeerName } from "./contestants.js";
import type { ProgramCommand } from "./measured-program.js";
import type { TargetName } from "./target-kind.js";

/** Makes what the benchmark needs on this machine: programs for each target, and the other allocators. */
export interface Workshop {
    /** What can't be had is said, not thrown, so that the rest can be measured. */
    prepare(
        target: TargetName,
        options: Pick<BenchOptions, "winePrefix" | "contestants">,
        folder: string,
        report: (line: string) => void,
    ): Promise<PreparedTarget | Missing>;
}

export interface PreparedTarget {
    /** The compiled program of `programs/`. */
    readonly program: string;
    readonly peers: ReadonlyMap<PeerName, Peer | Missing>;
    /** How to start a copy of the program. */
    command(program: string, args: string[]): ProgramCommand;
    /** Set where the programs run under Wine. */
    readonly wine: { loader: string; prefix: string } | null;
}

/** Another allocator, ready to serve. */
export interface Peer {
    readonly version: string;
    readonly env: Record<string, string>;
    readonly args: string[];
}

export interface Missing {
    readonly reason: string;
    readonly resolution: string;
}

export function isMissing(thing: object): thing is Missing {
    return "resolution" in thing;
}

/**
 * The workshop of a clone: compilers, Wine and other allocators are its tests' business and do not ship with the package.
 *
 * @throws UserError SETUP_FAILED where there is no clone around
 */
export async function openWorkshop(): Promise<Workshop> {
    const place = new URL("./prepare/workshop.js", import.meta.url);
    try {
        const { workshop } = (await import(place.href)) as { workshop: Workshop };
        return workshop;
    } catch (cause) {
        const message = "the benchmark needs the compilers and environments that poolnv's tests use";
        throw new UserError("SETUP_FAILED", message, "In a clone of the repository, run: npm run bench", { cause });
    }
}
