import { win32 } from "node:path";
import type { CodeSymbol } from "../../shared/protocol/sampling.js";
import { functionAt, type NameSource, orNull, TableCache } from "./module-symbols.js";
import { readExports } from "./pe/exports.js";
import { readHeaders } from "./pe/headers.js";
import { ProgramBytes } from "./program-bytes.js";

/** A module as a Windows program has loaded it. */
export interface WindowsModule {
    readonly base: number;
    /** Of its image. */
    readonly bytes: number;
    /** As the program has it. */
    readonly path: string;
}

/** The modules of a Windows program, from its own list and their files. */
export class WindowsModules {
    readonly #modules: () => Promise<readonly WindowsModule[]>;
    readonly #toHostPath: (path: string) => string | null;
    readonly #tables = new TableCache();

    /**
     * @param modules asks for the list
     * @param toHostPath path on this system of a file of the program; null: there is none
     */
    constructor(modules: () => Promise<readonly WindowsModule[]>, toHostPath: (path: string) => string | null) {
        this.#modules = modules;
        this.#toHostPath = toHostPath;
    }

    /** @param withFunctions false: only modules and offsets, for which no file is read */
    async symbolsOf(addresses: readonly number[], withFunctions: boolean): Promise<CodeSymbol[]> {
        const modules = await this.#modules();
        const is32Bit = modules.every(({ base, bytes }) => base + bytes <= 2 ** 32);
        const symbols = addresses.map((): CodeSymbol => ({ module: null, offset: 0, function: null, into: 0 }));
        for (const { base, bytes, path } of modules) {
            const inside = [...addresses.entries()].filter(([, address]) => address >= base && address < base + bytes);
            if (inside.length === 0) continue;
            const fill = (names: NameSource | null): void => {
                for (const [index, address] of inside) {
                    const offset = address - base;
                    symbols[index] = { module: win32.basename(path), offset, ...functionAt(names, offset) };
                }
            };
            fill(null);
            if (withFunctions) this.#readNames(possiblePaths(path, is32Bit), { bytes, is32Bit }, fill);
        }
        return symbols;
    }

    /** Uses the first file that can be the one that was loaded. */
    #readNames(
        paths: readonly string[],
        loaded: { bytes: number; is32Bit: boolean },
        use: (names: NameSource) => void,
    ): void {
        for (const path of paths) {
            const file = this.#toHostPath(path);
            if (file === null) continue;
            const isUsed = orNull(() =>
                ProgramBytes.read(file, (bytes) => {
                    const headers = readHeaders(bytes);
                    const isOther = inPages(headers.imageBytes) !== inPages(loaded.bytes);
                    if (headers.is64Bit === loaded.is32Bit || isOther) return false;
                    use({ functions: this.#tables.get(bytes.identity, () => readExports(bytes, headers)), bytes });
                    return true;
                }),
            );
            if (isUsed === true) return;
        }
    }
}

/** Where 64-bit Windows keeps the libraries that 32-bit programs find in System32; a 32-bit Windows has no such folder. */
function possiblePaths(path: string, is32Bit: boolean): string[] {
    const redirected = path.replace(/^((?:\\\\\?\\)?[a-z]:\\[^\\]+\\)system32\\/i, "$1SysWOW64\\");
    return is32Bit && redirected !== path ? [redirected, path] : [path];
}

function inPages(bytes: number): number {
    return Math.ceil(bytes / 4096);
}
