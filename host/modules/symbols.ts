import type { CodeSymbol } from "../../shared/protocol/sampling.js";
import { LinuxModules } from "./linux-modules.js";
import { type WindowsModule, WindowsModules } from "./windows-modules.js";

/** The program whose code addresses are to be named. */
export type SymbolSource =
    | {
          readonly kind: "linux";
          /** Of a process of this system. */
          readonly pid: number;
      }
    | {
          readonly kind: "windows";
          /** Asks for its modules, in any order; called once for each list of addresses. */
          readonly modules: () => Promise<readonly WindowsModule[]>;
          /** Path on this system of a path of the program; null: there is none, or it must not be opened. */
          readonly toHostPath: (path: string) => string | null;
      };

/** Modules and named functions of a program. Its files are read by the host: nothing runs in the program. */
export interface Symbols {
    /**
     * The symbols of code addresses, in their order. Names come from exports and, on Linux, from the module's own symbol
     * table. A file that can't be read or is not the one that was loaded gives none. Of a program that has ended, the
     * modules are those that it had before.
     *
     * @param addresses in hexadecimal; any number of them: those of one module are read together
     * @throws what `modules` throws
     */
    symbolsOf(addresses: readonly string[]): Promise<CodeSymbol[]>;

    /**
     * The module that has an address, and the offset from its base in bytes; null: none has.
     *
     * @throws what `modules` throws
     */
    moduleOf(address: string): Promise<{ module: string; offset: number } | null>;
}

/** Opens nothing yet: what it reads it keeps for later calls, and reads again when it has changed. */
export function openSymbols(program: SymbolSource): Symbols {
    const modules =
        program.kind === "linux"
            ? new LinuxModules(program.pid)
            : new WindowsModules(program.modules, program.toHostPath);
    return {
        symbolsOf: (addresses) => modules.symbolsOf(addresses.map(Number), true),
        moduleOf: async (address) => {
            const [found] = await modules.symbolsOf([Number(address)], false);
            if (found === undefined || found.module === null) return null;
            return { module: found.module, offset: found.offset };
        },
    };
}
