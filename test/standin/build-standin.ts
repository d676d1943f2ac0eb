import { mkdtempSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { composeImage } from "./image.js";
import { linkOtherReplacer, linkParts } from "./link.js";
import { addVersion } from "./version.js";

/** How a stand-in differs from the usual one. */
export interface StandinOptions {
    /** Of its version resource; 1.4.0.525 where not given. */
    readonly version?: string;
    /** Whether it may use addresses above 2 GB, which the game itself may not before it is patched. Yes, where not given. */
    readonly largeAddressAware?: boolean;
    /** Whether it has the section `.bind` of a protected program, whose code is readable once that has run. */
    readonly protected?: boolean;
    /** Names of places (see `sites/`) at which a jump of another mod stands instead of the first bytes. */
    readonly hookedFirst?: readonly string[];
    /** Addresses of single bytes of code that another mod has changed. */
    readonly changed?: readonly number[];
    /**
     * Paths of libraries, relative to the program's folder, with the names of other heap replacers; the program loads
     * the one that `--other-replacer` names.
     */
    readonly otherReplacers?: readonly string[];
    /** FalloutNV.exe where not given. */
    readonly fileName?: string;
}

/**
 * Builds the stand-in of the game: a 32-bit Windows program with the game's own places in memory, whose orders and
 * switches are told in `program/obey.c` and `program/settings.h`.
 *
 * @returns its path, in a new folder that is the caller's to remove
 */
export async function buildStandin(options: StandinOptions = {}): Promise<string> {
    const linked = await (linking ??= linkParts());
    const image = composeImage(linked, {
        largeAddressAware: options.largeAddressAware ?? true,
        protected: options.protected ?? false,
        hookedFirst: options.hookedFirst ?? [],
        changed: options.changed ?? [],
    });
    const folder = mkdtempSync(join(tmpdir(), "poolnv-standin-"));
    const program = join(folder, options.fileName ?? "FalloutNV.exe");
    await writeFile(program, addVersion(image, options.version ?? "1.4.0.525"));
    for (const library of options.otherReplacers ?? []) await linkOtherReplacer(join(folder, library));
    return program;
}

/** The variants of one process have it in common. */
let linking: Promise<Uint8Array> | null = null;
