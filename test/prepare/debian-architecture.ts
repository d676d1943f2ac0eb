import { execa } from "execa";
import { UserError } from "../../host/errors.js";
import type { Architecture } from "./private-apt.js";

/**
 * Of the packages of this system.
 *
 * @param what is wanted, for the error where there are none
 */
export async function debianArchitecture(what: string): Promise<Architecture> {
    const { stdout } = await execa("dpkg", ["--print-architecture"], { reject: false });
    if (stdout === "amd64" || stdout === "i386") return stdout;
    const message = `${what} is fetched by apt-get, for processors of Intel's kind`;
    throw new UserError("SETUP_FAILED", message, "run the tests on Debian or Ubuntu, on amd64");
}
