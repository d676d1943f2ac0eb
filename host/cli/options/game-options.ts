import { poolOptions } from "./shared-options.js";

/** Which installation of the game is meant. */
export const gameOptions = {
    game: {
        type: "string",
        requiresArg: true,
        describe: "folder with FalloutNV.exe",
        defaultDescription: "the only one that is found",
    },
    "wine-prefix": {
        ...poolOptions["wine-prefix"],
        describe: "Wine prefix to look for the game in",
        defaultDescription: "everywhere",
    },
} as const;
