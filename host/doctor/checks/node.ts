import { type Finding, error, ok } from "../finding.js";

/** Of `engines` in package.json. */
const NEEDED = [20, 19] as const;

/** Whether Node is new enough. */
export function checkNode(version = process.versions.node): Finding[] {
    const [major = 0, minor = 0] = version.split(".").map(Number);
    const isEnough = major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
    return isEnough
        ? [ok("node", `Node ${version}`)]
        : [error("node", `Node ${version} is too old`, `Install Node ${NEEDED.join(".")} or newer (nodejs.org).`)];
}
