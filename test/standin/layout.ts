/** Where the parts of the program are. The first three are those of the game; the rest of it is the stand-in's own. */
export const layout = {
    imageBase: 0x0040_0000,
    /** The game's code, from its first function to where its imports begin. */
    text: 0x0040_1000,
    /** The imports, and constants such as the scope tables at 0x0117FED0. */
    rdata: 0x00fd_f000,
    /** The game's variables, from the console's command table (0x0118E8E0) down to the page it is in. */
    data: 0x0118_c000,
    /** The stand-in's own C, linked for this place. */
    own: 0x0130_0000,
    /** Where the loader writes the program's index of thread-local storage, which the game's code reads (psycho). */
    tlsIndex: 0x0126_fd98,
    /** Begin and size of the zeros that each thread gets as its storage; the memory context is in it, at 0x2B4. */
    tlsTemplate: 0x0117_0000,
    tlsBytes: 0x800,
    /** The directory that tells the loader where these three are. */
    tlsDirectory: 0x0116_f000,
    /** The import table, without the cells. */
    importTable: 0x00fd_f800,
    /** The code of a mod that hooked first: 32 bytes for each hook, in a part of the game's code that nothing here uses. */
    otherMod: 0x00fd_8000,
    /** What the game's code is scrambled with, word by word, where its program is protected. */
    scramble: 0xa5c3_96e1,
} as const;

/** Size of a page, and of a section's share in the file, so that sections can be mapped from it. */
export const pageBytes = 0x1000;
