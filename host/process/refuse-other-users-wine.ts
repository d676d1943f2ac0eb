import { UserError } from "../errors.js";
import type { Location } from "./locate.js";

/**
 * Refuses a Windows program that another user runs: to get at it we would have to start the Wine that it names, in the
 * prefix that it names, as ourselves.
 *
 * @throws UserError ACCESS_DENIED
 */
export function refuseOtherUsersWine({ pid, wine }: Extract<Location, { kind: "wine" }>): void {
    if (wine.user === process.getuid?.()) return;
    throw new UserError(
        "ACCESS_DENIED",
        `pid ${pid} is a Windows program of another user, and so is the Wine that runs it`,
        "Run poolnv as the user who owns the program.",
    );
}
