import { homedir, hostname, userInfo } from "node:os";

/**
 * Replaces home folders, user names and host names in a text, whatever the form of a path (`C:\Users\ann`,
 * `C:\\Users\\ann` in JSON, `Z:\home\ann`, `c:/users/ann`) and the case of letters. Also replaces the user's name in the
 * paths of other homes.
 */
export function redact(text: string, { homes, users, hosts }: Identity): string {
    const withoutOwnHome = longestFirst(homes).reduce((rest, home) => rest.replace(pathPattern(home), "<home>"), text);
    const withoutHomes = withoutOwnHome.replace(
        /([\\/](?:home|users)[\\/]+)(?!<)[^\\/\r\n"'<>|:*?]+(?=[\\/])/gi,
        "$1<user>",
    );
    const anonymous = longestFirst(users).reduce(
        (rest, user) => rest.replace(namePattern(user), "<user>"),
        withoutHomes,
    );
    return longestFirst(hosts.filter((host) => !/^localhost(\.|$)/i.test(host))).reduce(
        (rest, host) => rest.replace(namePattern(host), "<host>"),
        anonymous,
    );
}

/** Names that identify a user and their machine: replaced in what they show to others. */
export interface Identity {
    /** Home folders, as full paths. */
    readonly homes: readonly string[];
    /** Login names. */
    readonly users: readonly string[];
    /** Host names. */
    readonly hosts: readonly string[];
}

/** The identity of the current user. */
export function currentIdentity(env: NodeJS.ProcessEnv): Identity {
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

/** Undefined for a user id without an entry in the system's user list. */
function loginName(): string | undefined {
    try {
        return userInfo().username;
    } catch {
        return undefined;
    }
}

/** A name must not replace the beginning of a longer one. */
function longestFirst(names: readonly string[]): string[] {
    return [...names].filter((name) => /[\p{L}\p{N}]/u.test(name)).sort((one, other) => other.length - one.length);
}

/** Also matches the path with its drive, or Wine's drive Z. */
function pathPattern(path: string): RegExp {
    const [, drive = "", below = ""] = /^([a-z]:)?[\\/]*(.*?)[\\/]*$/is.exec(path) ?? [];
    const names = below.split(/[\\/]+/).map(literally);
    const start = drive === "" ? "(?:\\bz:)?" : literally(drive);
    return new RegExp(`(?<![\\p{L}\\p{N}_.-])${start}[\\\\/]+${names.join("[\\\\/]+")}${endOfName}`, "giu");
}

function namePattern(name: string): RegExp {
    return new RegExp(`(?<![\\p{L}\\p{N}_])${literally(name)}${endOfName}`, "giu");
}

/** Followed by a letter, it is another name. */
const endOfName = "(?![\\p{L}\\p{N}_])";

function literally(text: string): string {
    return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
