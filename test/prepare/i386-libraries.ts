import { join } from "node:path";
import { ensureBuilt } from "../../host/setup/built-folder.js";
import type { Report } from "../../host/setup/report.js";
import { unpackI386Packages } from "./private-apt.js";
import { testFolder } from "./test-folder.js";

/** A 32-bit Linux C library of our own, with the loader that programs linked against it name as their interpreter. */
export interface I386Libraries {
    readonly loader: string;
    readonly libraries: string;
}

/** libgcc_s is loaded by `pthread_exit`, which Wine's threads end with. */
const packages = ["libc6", "libgcc-s1", "zlib1g"];

/** Makes the libraries available unless they are. */
export async function ensureI386Libraries(report: Report): Promise<I386Libraries> {
    const build = async (temporary: string) => {
        report("fetching the i386 C library (about 3 MB)");
        await unpackI386Packages(packages, temporary);
    };
    await ensureBuilt({ path: testFolder("i386"), pin: packages.join(" "), build }, report);
    return i386Libraries();
}

/** Where the libraries are once they are prepared. */
export function i386Libraries(): I386Libraries {
    const libraries = testFolder("i386", "lib", "i386-linux-gnu");
    return { loader: join(libraries, "ld-linux.so.2"), libraries };
}
