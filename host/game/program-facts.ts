import type { GameProfile } from "./game-profile.js";
import { ProgramBytes } from "./program-bytes.js";
import { LARGE_ADDRESS_AWARE, positionOf, type ProgramHeaders, readHeaders } from "./program-headers.js";
import { readVersion } from "./program-version.js";

/** What the file of the game tells. */
export interface ProgramFacts {
    /** Address that it was linked for. */
    readonly imageBase: number;
    /** Null where it has none. */
    readonly version: string | null;
    /** Whether it may use 4 GB. */
    readonly largeAddressAware: boolean;
    /** Steam's protection: the code in the file is scrambled, and readable only once the program runs. */
    readonly isProtected: boolean;
    /** The 4GB patcher has made it load xNVSE by itself. */
    readonly loadsXnvse: boolean;
    /** Names of the profile's functions that do not begin as they should; null: there is no profile for this version. */
    readonly differing: readonly string[] | null;
}

/**
 * Reads what doctor and deploy want to know of the game's program.
 *
 * @throws UnreadableFile where it is no 32-bit Windows program, or can't be read
 */
export function readProgramFacts(program: string, profiles: readonly GameProfile[]): ProgramFacts {
    return ProgramBytes.read(program, (bytes) => {
        const headers = readHeaders(bytes);
        const version = readVersion(bytes, headers);
        const profile = profiles.find((candidate) => candidate.version === version);
        return {
            imageBase: headers.imageBase,
            version,
            largeAddressAware: (headers.flags & LARGE_ADDRESS_AWARE) !== 0,
            isProtected: headers.sections.some(({ name }) => name === PROTECTED_SECTION),
            loadsXnvse: bytes.contains(XNVSE_LIBRARY, MAX_PROGRAM_BYTES),
            differing: profile === undefined ? null : differing(bytes, headers, profile),
        };
    });
}

/** Of Steam's protection, after xNVSE `loader_common/IdentifyEXE.cpp`. */
const PROTECTED_SECTION = ".bind";
/** What the entry of a patched program loads (psycho, activation audit). */
const XNVSE_LIBRARY = "nvse_steam_loader.dll";
/** The game has 16 MB. */
const MAX_PROGRAM_BYTES = 67_108_864;

function differing(bytes: ProgramBytes, headers: ProgramHeaders, { imageBase, sites }: GameProfile): string[] {
    return sites
        .filter((site) => {
            const count = site.bytes.length;
            const position = positionOf(headers, site.address - imageBase, count);
            return position === null || !bytes.at(position, count).equals(Buffer.from(site.bytes));
        })
        .map(({ name }) => name);
}
