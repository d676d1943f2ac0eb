import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { execa } from "execa";
import { UserError } from "../../host/errors.js";
import { testFolder } from "./test-folder.js";

/**
 * What to put in front of a command so that Frida in it can attach to 32-bit programs: nothing where the system has
 * a 32-bit loader, else a script that lays ours over /usr/lib in a mount namespace of the command's own. Frida's
 * 32-bit helper program needs the loader at its usual place.
 *
 * Target and carrier must both be started under it where it makes a user namespace (that is: not as root).
 */
export async function findI386Wrapper(): Promise<string[]> {
    if (existsSync("/lib/ld-linux.so.2")) return [];
    const script = testFolder("bin", "with-i386");
    await mkdir(testFolder("bin"), { recursive: true });
    await writeFile(script, wrapperScript(testFolder("i386", "lib")));
    await chmod(script, 0o755);
    const probe = await execa(script, ["test", "-e", "/lib/ld-linux.so.2"], { reject: false, stdin: "ignore" });
    if (!probe.failed) return [script];
    const message = "there is no 32-bit loader at /lib/ld-linux.so.2, and none can be put there for the tests alone";
    throw new UserError("SETUP_FAILED", message, "run: apt-get install libc6-i386");
}

function wrapperScript(libraries: string): string {
    return [
        "#!/bin/sh",
        '[ "$(id -u)" = 0 ] || map=--map-root-user',
        `exec unshare --mount $map sh -c '`,
        `    mount -t overlay overlay -o "lowerdir=${libraries}:/usr/lib" /usr/lib && exec "$@"' sh "$@"`,
        "",
    ].join("\n");
}
