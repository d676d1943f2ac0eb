import { Refusal } from "../refusal.js";
import { system } from "../process/system/index.js";
import { directTarget } from "./instructions.js";
import { libc } from "./runtimes/libc.js";
import { msvcrt } from "./runtimes/msvcrt.js";
import type { RuntimeProfile } from "./runtimes/profile.js";
import { ucrtbase } from "./runtimes/ucrtbase.js";

/** A C runtime of this process with the functions of the allocation family that it exports. */
export interface Runtime {
    profile: string;
    module: Module;
    /** Every name that such a runtime may export, whether this one does or not. */
    family: readonly string[];
    /** By name; where two names lead to one address only the first is here. */
    functions: Map<string, NativePointer>;
    /** Names that lead to the code of another: `memalign` to `aligned_alloc`, `malloc` to `_malloc_base`. */
    aliases: Map<string, string>;
    /** What takes a function's place, by its name, where the family knows that by another one. */
    replacements: Map<string, string>;
    /** Macros for its copy of the C. */
    imports: Record<string, NativePointer>;
}

/**
 * Every C runtime of the process that a profile knows.
 *
 * @throws Refusal NO_KNOWN_RUNTIME
 */
export function findRuntimes(): Runtime[] {
    const profiles = system().name === "linux" ? [libc] : [msvcrt, ucrtbase];
    const found = profiles.flatMap((profile) => {
        const module = profile.find();
        return module === null ? [] : [readFamily(profile, module)];
    });
    if (found.length === 0) {
        const known = profiles.map((profile) => profile.name).join(", ");
        throw new Refusal("NO_KNOWN_RUNTIME", `the program uses none of the C runtimes that poolnv knows: ${known}`);
    }
    return found;
}

function readFamily(profile: RuntimeProfile, module: Module): Runtime {
    const functions = new Map<string, NativePointer>();
    const aliases = new Map<string, string>();
    const byAddress = new Map<string, string>();
    for (const name of profile.family) {
        const address = module.findExportByName(name);
        if (address === null) continue;
        const body = followJumps(address);
        const known = byAddress.get(body.toString());
        if (known !== undefined) aliases.set(name, known);
        else {
            functions.set(name, body);
            byAddress.set(body.toString(), name);
        }
    }
    for (const name of profile.required)
        if (!functions.has(name) && !aliases.has(name))
            throw new Refusal("UNHOOKABLE", `${module.name} exports no ${name}, so its family can't be replaced whole`);
    return {
        profile: profile.name,
        module,
        family: profile.family,
        functions,
        aliases,
        replacements: new Map(),
        imports: {},
    };
}

/** Exports that are a bare jump to the real function: whoever calls that one directly must meet the hook as well. */
function followJumps(address: NativePointer): NativePointer {
    for (let hops = 0; hops < 4; hops++) {
        const first = Instruction.parse(address) as X86Instruction;
        const next = first.mnemonic === "jmp" ? directTarget(first) : null;
        if (next === null) break;
        if (Process.findModuleByAddress(next)?.base.equals(Process.getModuleByAddress(address).base) !== true) break;
        address = next;
    }
    return address;
}
