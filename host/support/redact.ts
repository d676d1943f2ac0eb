import { homedir, hostname, userInfo } from "node:os";

/** What tells who somebody is: to be left out of what they show to others. */
export interface Person {
    /** Their home folders, as full paths. */
    readonly homes: readonly string[];
    /** Names that they log in with. */
    readonly users: readonly string[];
    /** Names of their machine. */
    readonly hosts: readonly string[];
}

/** Whoever runs this. */
export function thisPerson(env: NodeJS.ProcessEnv): Person {
    const host = hostname();
    return {
        homes: known([homedir(), env["HOME"], env["USERPROFILE"]]),
        users: known([loginName(), env["USER"], env["LOGNAME"], env["USERNAME"], env["SUDO_USER"]]),
        hosts: known([host, host.split(".")[0], env["COMPUTERNAME"], env["HOSTNAME"], env["USERDOMAIN"]]),
    };
}

function known(names: (string | undefined)[]): string[] {
    return [...new Set(names.filter((name) => name !== undefined && name !== ""))] as string[];
}

/** A user without an entry in the system's list has none. */
function loginName(): string | undefined {
    try {
        return userInfo().username;
    } catch {
        return undefined;
    }
}
