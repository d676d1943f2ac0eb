import { checkCode } from "./checks/code.js";
import { checkLargeAddresses } from "./checks/large-addresses.js";
import { checkLogFolder } from "./checks/log-folder.js";
import { checkProgram } from "./checks/program.js";
import { checkProtection } from "./checks/protection.js";
import { checkReplacers } from "./checks/replacers.js";
import { checkVersion } from "./checks/version.js";
import { checkXnvse } from "./checks/xnvse.js";
import { checkXnvseMemory } from "./checks/xnvse-memory.js";
import type { Finding } from "./finding.js";
import type { GameSubject } from "./game-subject.js";

/** What is looked at in the folder of a game, in the order in which it is told. */
const checks: readonly ((subject: GameSubject) => Finding[])[] = [
    checkProgram,
    checkVersion,
    checkProtection,
    checkCode,
    checkLargeAddresses,
    checkReplacers,
    checkXnvse,
    checkXnvseMemory,
    checkLogFolder,
];

export function examineGame(subject: GameSubject): Finding[] {
    return checks.flatMap((check) => check(subject));
}
