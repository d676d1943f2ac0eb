import path from "node:path";

import { gameProfiles } from "../../../shared/games/index.js";
import type { CodePlace } from "../../../shared/protocol.js";
import type { PoolFacts } from "../pool-session.js";

/** C and C++ runtimes: their operator new, strdup and so on ask for whoever called them. */
const runtimes =
    /^(msvcrt|msvcr\d+d?|msvcp\d+d?(_\w+)?|ucrtbase|vcruntime\d+d?(_\w+)?|libc|libstdc\+\+|libc\+\+|ld-.*)(\.dll|\.so.*|-\d.*)?$/i;

/** Tells the code that asks for memory on behalf of its caller from that which wants it. */
export function whoPassesOn({ program, game }: Pick<PoolFacts, "program" | "game">): (place: CodePlace) => boolean {
    const profile = gameProfiles.find(({ id }) => id === game);
    const file = path.win32.basename(program).toLowerCase();
    return ({ module, offset }) => {
        if (module === null || runtimes.test(module)) return true;
        if (profile === undefined || module.toLowerCase() !== file) return false;
        const address = profile.imageBase + offset;
        return profile.isWrapper.some(({ start, end }) => address > start && address <= end);
    };
}
