import { fileURLToPath } from "node:url";
import { type ForeignProgram, onPath, ownExitCode } from "./foreign-program.js";

const work = fileURLToPath(new URL("../../../../test/programs/foreign/work/text.pl", import.meta.url));

/** The system's Perl. Its hashes have no order of their own where the seed is given. */
export function perl(): ForeignProgram {
    const program = onPath("perl");
    return {
        name: "perl",
        missing: program === null ? "there is no perl on the PATH (apt-get install perl)" : null,
        exitCode: ownExitCode,
        env: { PERL_HASH_SEED: "0" },
        starter: [],
        command: (output) => [program ?? "", work, output],
    };
}
