import { platform } from "../process/platform/index.js";
import { Refusal } from "../refusal.js";
import { findHeapSlots, type HeapSlot } from "./heap-slots.js";
import { directTarget } from "./instructions.js";
import { libc, msvcrt, type RuntimeProfile, ucrtbase } from "./runtime-profiles.js";

/** A C runtime of this process, and the functions of its allocation family that it exports. */
export interface Runtime {
    profile: string;
    module: Module;
    /** Every name that such a runtime may export. */
    family: readonly string[];
    /** Addresses by name; of two names with one address only the first. */
    functions: Map<string, NativePointer>;
    /** Names with the address of another one: `memalign` of `aligned_alloc`, `malloc` of `_malloc_base`. */
    aliases: Map<string, string>;
    /** The name of a function's replacement, if it differs from its own. */
    replacements: Map<string, string>;
    /** Slots of its import table that are hooked with the functions. */
    heapSlots: HeapSlot[];
    /** Additional macros for its copy of the C. */
    imports: Record<string, NativePointer>;
}

/**
 * Every C runtime of the process that has a profile.
 *
 * @throws Refusal NO_KNOWN_RUNTIME
 */
export function findRuntimes(): Runtime[] {
    const profiles = platform().name === "linux" ? [libc] : [msvcrt, ucrtbase];
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
        if (known !== undefined) {
            aliases.set(name, known);
        } else {
            functions.set(name, body);
            byAddress.set(body.toString(), name);
        }
    }
    for (const name of profile.required) {
        if (!functions.has(name) && !aliases.has(name)) {
            throw new Refusal(
                "UNHOOKABLE",
                `${module.name} exports no ${name}, so its allocation family can't be replaced as a whole`,
            );
        }
    }
    return {
        profile: profile.name,
        module,
        family: profile.family,
        functions,
        aliases,
        replacements: new Map(),
        heapSlots: platform().name === "windows" ? findHeapSlots(module) : [],
        imports: {},
    };
}

/** Follows exports that are a bare jump to the real function: direct calls of that one must reach the hook, too. */
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
