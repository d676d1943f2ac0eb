import type { CodeSymbol } from "../../../shared/protocol/sampling.js";
import type { PoolRequester } from "../ask.js";
import { programModules } from "../program-modules.js";

/** The symbols of one program's code. */
export interface ProgramSymbols {
    symbolsOf(addresses: readonly string[]): Promise<CodeSymbol[]>;
}

/**
 * Opens the symbols of a program: those in the files of its modules.
 *
 * @param toHostPath the path on this system of a file that the program names; null if there is none
 */
export async function openProgramSymbols(
    client: Pick<PoolRequester, "ask" | "facts">,
    toHostPath: (path: string) => string | null,
): Promise<ProgramSymbols> {
    const { openSymbols } = await import("../../modules/symbols.js"); // with libraries that other commands do not need
    const { platform, pid } = client.facts;
    return openSymbols(
        platform === "linux"
            ? { kind: "linux", pid }
            : { kind: "windows", modules: () => programModules(client), toHostPath },
    );
}
