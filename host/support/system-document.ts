import { arch, cpus, release, totalmem, version } from "node:os";

import { packageVersion } from "../package-version.js";

/** What the machine is, without anybody's name. Sizes in bytes. */
export function systemDocument(): object {
    return {
        poolnv: packageVersion(),
        node: process.version,
        platform: process.platform,
        arch: arch(),
        system: `${release()}, ${version()}`,
        processor: cpus()[0]?.model ?? null,
        cores: cpus().length,
        memory: totalmem(),
    };
}
