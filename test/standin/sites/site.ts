/**
 * One place of the game's code. The tables of this folder are the only list of them: the stand-in's assembly, its C
 * header and its tests are made from it.
 *
 * The addresses and bytes are facts about FalloutNV.exe 1.4.0.525 that these public projects tell; `source` names them:
 *
 * - NVHR: iranrmrf/Heap-Replacer, the table of `heap_replacer/main/heap_replacer.h`
 * - psycho: acidpointer/psycho, the audits under `analysis/` and the patch lists of `psycho-engine-fixes`
 * - xNVSE: xNVSE/NVSE, `GameAPI.cpp`, `GameScript.cpp`, `Hooks_Gameplay.cpp`
 * - JIP: jazzisparis/JIP-LN-NVSE
 * - RTM: WallSoGB/Fallout-Real-Time-Menus, `shared/BSMemory`
 * - ITR: Into-The-Rough/itr-nvse
 */
export interface Site {
    /** Name in the stand-in's C: `game.NAME` calls it, `vanilla_NAME` is what does its work. */
    readonly name: string;
    readonly address: number;
    /** The first bytes, in hexadecimal. All of them are in the program, at this address. */
    readonly bytes: string;
    /** Whether the bytes are those of the game. Otherwise nobody has told them, and they are made up. */
    readonly published: boolean;
    /**
     * How many bytes the whole instructions have that a jump of five bytes displaces, none of which depends on where it
     * stands; null: nobody hooks this place by such a jump.
     */
    readonly displaced: number | null;
    /** How C calls it; null: C neither calls it nor stands behind it. */
    readonly signature: Signature | null;
    /** Whether the work is done in C, by `vanilla_NAME`. */
    readonly inC: boolean;
    /**
     * Assembly that follows the bytes. `$body` is a cell with the address of `vanilla_NAME`, `site_NAME` the place of
     * that name, `import_NAME` the cell of an imported function.
     */
    readonly code: readonly string[];
    /** Who tells the address, and the bytes where they are published. */
    readonly source: string;
}

export interface Signature {
    readonly result: string;
    /** Who cleans the stack, and whether ECX carries the first parameter. */
    readonly convention: "__cdecl" | "__stdcall" | "__thiscall";
    readonly parameters: string;
}

/**
 * Leaves a frame of `push ebp; mov ebp, esp` and goes on in C with the stack as the caller left it. ECX must not have
 * changed since where it carries a parameter.
 */
export const leaveForC = ["mov esp, ebp", "pop ebp", "jmp dword ptr [$body]"];

/** A prologue of the game's usual kind, for functions whose bytes nobody has told: ECX goes into the frame. */
export const inventedThiscall = { bytes: "55 8B EC 51 89 4D FC", published: false, displaced: 7, code: leaveForC };

/** The same for functions that take nothing in ECX. */
export const inventedCdecl = { bytes: "55 8B EC 83 EC 08", published: false, displaced: 6, code: leaveForC };
