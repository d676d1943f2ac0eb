import type { LoadedModule } from "../../shared/protocol/pool.js";
import { isOfFile, type Mapping, readMemoryMap } from "../process/memory-map.js";
import type { PoolRequester } from "./ask.js";

/** More pages than the modules of any program need. */
const pageLimit = 200;

/**
 * The modules of a program: of a Windows program as its resident lists them, of a Linux program by its memory map.
 *
 * @returns none if the program has ended
 */
export async function programModules(client: Pick<PoolRequester, "ask" | "facts">): Promise<LoadedModule[]> {
    const { platform, pid } = client.facts;
    if (platform === "linux") return modulesIn(readMemoryMap(pid) ?? []);
    const modules: LoadedModule[] = [];
    let next: number | null = 0;
    for (let pages = 0; next !== null && pages < pageLimit; pages++) {
        const page: { modules: LoadedModule[]; next: number | null } = await client.ask("modules", next);
        modules.push(...page.modules);
        next = page.next;
    }
    return modules;
}

/** The module that holds an address, in hexadecimal, and the offset of the address from its base; null: none does. */
export function placeOf(address: string, modules: readonly LoadedModule[]): { module: string; offset: number } | null {
    const at = Number(address);
    const module = modules.find(({ base, bytes }) => at >= base && at < base + bytes);
    if (module === undefined) return null;
    return { module: module.path.split(/[\\/]/).at(-1) ?? module.path, offset: at - module.base };
}

function modulesIn(map: readonly Mapping[]): LoadedModule[] {
    const modules = new Map<string, LoadedModule>();
    for (const mapping of map.filter(isOfFile)) {
        const known = modules.get(mapping.name);
        const base = known?.base ?? mapping.start;
        modules.set(mapping.name, { base, bytes: mapping.end - base, path: mapping.name });
    }
    return [...modules.values()];
}
