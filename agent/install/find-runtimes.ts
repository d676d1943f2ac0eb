import { platform } from "../process/platform/index.js";
import { native, ntdll } from "../process/platform/windows-calls.js";
import { Refusal } from "../refusal.js";
import { findForkFunctions } from "./fork-functions.js";
import { findHeapSlots, type HeapSlot } from "./heap-slots.js";
import { directTarget } from "./instructions.js";
import { libc, msvcrt, type RuntimeProfile, ucrtbase } from "./runtime-profiles.js";

/** Functions that are hooked with one copy of the C: an allocation family, as it is exported. */
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
    /** Functions of a C library that an allocator which overrides them may be built on, see cmodule/hooks/crt_override.c. */
    overridden: ReadonlySet<string>;
    /** False if its functions are not those that the program calls, so that the fast path is not worth the check. */
    isCalledByProgram: boolean;
}

/**
 * Every C runtime of the process that has a profile. The first one is the program's.
 *
 * @throws Refusal NO_KNOWN_RUNTIME
 */
export function findRuntimes(): Runtime[] {
    const found = platform().name === "linux" ? findLinuxRuntimes() : findWindowsRuntimes();
    if (found.length === 0) {
        const profiles = platform().name === "linux" ? [libc] : windowsProfiles;
        const known = profiles.map((profile) => profile.name).join(", ");
        throw new Refusal("NO_KNOWN_RUNTIME", `the program uses none of the C runtimes that poolnv knows: ${known}`);
    }
    return found;
}

const windowsProfiles = [msvcrt, ucrtbase];

/** A runtime that Frida's agent has brought along goes when Frida leaves; hooked, it would stay, with all that it needs. */
function findWindowsRuntimes(): Runtime[] {
    const brought = modulesOfFrida();
    return windowsProfiles.flatMap((profile) => {
        const module = profile.find();
        if (module === null || brought.has(module.base.toString())) return [];
        return [readFamily(profile, module, (name) => module.findExportByName(name))];
    });
}

/** Bases of the modules that were loaded for Frida's agent or after it: each is listed before those that it needs. */
function modulesOfFrida(): Set<string> {
    const head = native("RtlGetCurrentPeb", "pointer", [], ntdll())().add(pebLoader).readPointer().add(loadOrder);
    const bases = new Set<string>();
    for (let entry = head.readPointer(); !entry.equals(head); entry = entry.readPointer()) {
        const name = entry.add(entryName).readPointer().readUtf16String() ?? "";
        if (bases.size > 0 || /^frida-agent/i.test(name)) bases.add(entry.add(entryBase).readPointer().toString());
    }
    return bases;
}

/** 32-bit offsets: PEB.Ldr, PEB_LDR_DATA.InLoadOrderModuleList; LDR_DATA_TABLE_ENTRY.DllBase, BaseDllName.Buffer. */
const [pebLoader, loadOrder, entryBase, entryName] = [0x0c, 0x0c, 0x18, 0x30];

/**
 * The family that the program calls and, if a preloaded library or the program itself overrides any function of the C
 * library, the C library's own: libraries loaded with `RTLD_DEEPBIND` call that one, and so does an allocator that wraps it.
 * What one of them handed out may come back to the other.
 */
function findLinuxRuntimes(): Runtime[] {
    const library = libc.find();
    if (library === null) return [];
    const program = readFamily(libc, library, findDefinition);
    const fork = findForkFunctions(library);
    const inLibrary = [...program.functions].filter(([, address]) => isIn(library, address)).map(([name]) => name);
    const withFork = { ...program, functions: new Map([...program.functions, ...fork]) };
    if (inLibrary.length === program.functions.size) return [withFork];
    const own = readFamily(libc, library, (name) => library.findExportByName(name));
    return [
        {
            ...withFork,
            imports: { POOLNV_CRT_OVERRIDDEN: ptr(1), POOLNV_CRT_OVERRIDING: ptr(1) },
            overridden: new Set(inLibrary),
        },
        {
            ...own,
            imports: { POOLNV_CRT_OVERRIDDEN: ptr(1) },
            overridden: new Set(own.functions.keys()),
            isCalledByProgram: false,
        },
    ];
}

/** A function as the program finds it. */
function findDefinition(name: string): NativePointer | null {
    const found = Module.findGlobalExportByName(name);
    const module = found === null ? null : Process.findModuleByAddress(found);
    if (module === null || ownExport(module, name) !== null) return found;
    // A program that is not position-independent and takes the address of a function exports a stub of its own.
    for (const each of Process.enumerateModules()) {
        const own = ownExport(each, name);
        if (own !== null) return own;
    }
    return null;
}

/** A library returns the export of a library that it depends on if it has none of that name itself. */
function ownExport(module: Module, name: string): NativePointer | null {
    const address = module.findExportByName(name);
    return address !== null && isIn(module, address) ? address : null;
}

function isIn(module: Module, address: NativePointer): boolean {
    return Process.findModuleByAddress(address)?.base.equals(module.base) === true;
}

function readFamily(
    profile: RuntimeProfile,
    module: Module,
    addressOf: (name: string) => NativePointer | null,
): Runtime {
    const functions = new Map<string, NativePointer>();
    const aliases = new Map<string, string>();
    const byAddress = new Map<string, string>();
    for (const name of profile.family) {
        const address = addressOf(name);
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
        overridden: new Set(),
        isCalledByProgram: true,
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
