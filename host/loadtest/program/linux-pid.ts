import { readProcessTable } from "../../process/process-table.js";
import { windowsPid } from "../../process/windows-pid.js";

/** A Windows program that Wine runs, by what tells it from all others. */
export interface WineProgram {
    /** As Wine counts in its prefix. */
    readonly pid: number;
    /** Path as Wine was given it. */
    readonly path: string;
    /** Its prefix; null: Wine's own default. */
    readonly prefix: string | null;
}

/** The pid of this Linux system by which a program under Wine goes; null where there is no such program. */
export function linuxPid({ pid, path, prefix }: WineProgram): number | null {
    const found = readProcessTable().filter(
        ({ wine, pid: own }) =>
            wine !== null && wine.path === path && wine.prefix === prefix && windowsPid(own) === pid,
    );
    return found.length === 1 ? found[0]!.pid : null;
}
