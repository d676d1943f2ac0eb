import type { InferredOptionTypes } from "yargs";
import type { ToExamine } from "../../doctor/examine.js";
import type { GameSearch } from "../../game/game-places.js";
import type { Context } from "../context.js";
import { settingsOf } from "./resolve-settings.js";
import { connectOptions, engineOption } from "./shared-options.js";
import { pathOption } from "./typed-options.js";

/** Folder of the game. */
export const gameOption = {
    game: pathOption("game", { describe: "folder with FalloutNV.exe", usual: "the only one that is found" }),
} as const;

/** Which installation of the game a command works on. */
export const gameOptions = {
    ...gameOption,
    "wine-prefix": {
        ...connectOptions["wine-prefix"],
        group: undefined,
        describe: "search for the game in this Wine prefix",
        defaultDescription: "everywhere",
    },
} as const;

/** What `doctor` and `support` examine, besides the process. */
export const examineOptions = { ...gameOptions, ...engineOption, config: connectOptions.config } as const;

/** The same, as the commands receive it. */
export type ExamineArguments = InferredOptionTypes<typeof examineOptions> & { process: string | number | undefined };

/** What to examine, from the command line. */
export function toExamine(args: ExamineArguments, context: Context): ToExamine {
    const { output, services } = context;
    return {
        game: args.game,
        process: args.process,
        config: args.config,
        engine: settingsOf(args).engine ?? "auto",
        search: gameSearch(args, context),
        connect: services.connect,
        onProgress: (line) => output.progress(line),
    };
}

/** Where to search for the game. */
export function gameSearch(args: Partial<InferredOptionTypes<typeof gameOptions>>, { io }: Context): GameSearch {
    return { winePrefix: settingsOf(args).wine_prefix, env: io.env };
}
