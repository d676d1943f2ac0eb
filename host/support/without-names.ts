import type { Person } from "./redact.js";

/**
 * A text in which a person can't be recognised: home folders, user names and the name of the machine are replaced, however
 * a path is written (`C:\Users\ann`, `C:\\Users\\ann` within JSON, `Z:\home\ann`, `c:/users/ann`), in any case of letters.
 * What stands for a user in the path of another home is replaced, too.
 */
export function withoutNames(text: string, { homes, users, hosts }: Person): string {
    const bare = longestFirst(homes).reduce((rest, home) => rest.replace(pathPattern(home), "<home>"), text);
    const unowned = bare.replace(/([\\/](?:home|users)[\\/]+)(?!<)[^\\/\r\n"'<>|:*?]+(?=[\\/])/gi, "$1<user>");
    const unsigned = longestFirst(users).reduce((rest, user) => rest.replace(namePattern(user), "<user>"), unowned);
    return longestFirst(hosts.filter((host) => !/^localhost(\.|$)/i.test(host))).reduce(
        (rest, host) => rest.replace(namePattern(host), "<host>"),
        unsigned,
    );
}

/** A name that another one begins with must not take its beginning away. */
function longestFirst(names: readonly string[]): string[] {
    return [...names].filter((name) => /[\p{L}\p{N}]/u.test(name)).sort((one, other) => other.length - one.length);
}

/** Its own drive, and where Wine sees it, included. */
function pathPattern(path: string): RegExp {
    const [, drive = "", below = ""] = /^([a-z]:)?[\\/]*(.*?)[\\/]*$/is.exec(path) ?? [];
    const names = below.split(/[\\/]+/).map(literally);
    const start = drive === "" ? "(?:\\bz:)?" : literally(drive);
    return new RegExp(`(?<![\\p{L}\\p{N}_.-])${start}[\\\\/]+${names.join("[\\\\/]+")}${END}`, "giu");
}

function namePattern(name: string): RegExp {
    return new RegExp(`(?<![\\p{L}\\p{N}_])${literally(name)}${END}`, "giu");
}

/** No letter goes on behind a name, or it is another one. */
const END = "(?![\\p{L}\\p{N}_])";

function literally(text: string): string {
    return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
