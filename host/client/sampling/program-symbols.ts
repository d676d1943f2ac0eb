import type { Symbols } from "../../modules/symbols.js";
import type { PoolRequester } from "../ask.js";
import { windowsModules } from "../windows-modules.js";

/**
 * Opens the symbols of a program: those in the files of its modules, which the host reads.
 *
 * @param toHostPath the path on this system of a file that a Windows program names; null if there is none
 */
export async function openProgramSymbols(
    client: Pick<PoolRequester, "ask" | "facts">,
    toHostPath: (path: string) => string | null,
): Promise<Symbols> {
    const { openSymbols } = await import("../../modules/symbols.js"); // most commands do not need it
    const { platform, pid } = client.facts;
    return openSymbols(
        platform === "linux"
            ? { kind: "linux", pid }
            : { kind: "windows", modules: () => windowsModules(client), toHostPath },
    );
}
