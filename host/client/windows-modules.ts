import type { LoadedModule } from "../../shared/protocol/pool.js";
import type { PoolRequester } from "./ask.js";

/** More pages than the modules of any program need. */
const pageLimit = 200;

/** The modules of a Windows program, as its resident lists them. */
export async function windowsModules(client: Pick<PoolRequester, "ask">): Promise<LoadedModule[]> {
    const modules: LoadedModule[] = [];
    let next: number | null = 0;
    for (let pages = 0; next !== null && pages < pageLimit; pages++) {
        const page: { modules: LoadedModule[]; next: number | null } = await client.ask("modules", next);
        modules.push(...page.modules);
        next = page.next;
    }
    return modules;
}
