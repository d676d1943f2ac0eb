/** A tool that puts a heap of its own under the game. Two of them in one game end it. */
interface Replacer {
    name: string;
    /** Of the path of its library, in small letters, with backslashes. */
    pattern: RegExp;
}

/** How the public ones can be told. What replaces the heap under another name is noticed by the fingerprint. */
const replacers: readonly Replacer[] = [
    // iranrmrf/Heap-Replacer: a proxy d3dx9_38.dll that loads a library from Data\NVHR.
    { name: "NVHR (New Vegas Heap Replacer)", pattern: /\\data\\nvhr\\[^\\]*\.dll$/ },
    // acidpointer/psycho: a proxy dinput8.dll that loads libraries from syringe.
    { name: "Psycho Engine Fixes", pattern: /\\syringe\\[^\\]*\.dll$|\\psycho[^\\]*\.dll$/ },
    // raythelalaspace-png/NVRPMalloc-overdrive.
    { name: "NVRPMalloc", pattern: /\\(nvrpmalloc|overdrive)[^\\]*\.dll$/ },
    // The plugin whose v2.0 document this pool follows.
    { name: "the MemoryPool plugin", pattern: /\\nvse\\plugins\\memorypool[^\\]*\.dll$/ },
];

/** The heap replacers that are loaded in this process, each with its library. */
export function findOtherReplacers(): { name: string; library: string }[] {
    return Process.enumerateModules().flatMap(({ path }) =>
        replacers
            .filter(({ pattern }) => pattern.test(path.toLowerCase().replaceAll("/", "\\")))
            .map(({ name }) => ({ name, library: path })),
    );
}
