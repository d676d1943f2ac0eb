import type { ToExamine } from "../../doctor/examine.js";
import type { Context } from "../context.js";
import { gameOptions } from "./game-options.js";
import { readOptions, single } from "./resolve-settings.js";
import { engineOption, type PoolArguments, poolOptions } from "./shared-options.js";
import { parseTarget } from "../target.js";

/** What a command is told that looks into a set-up. */
export interface ExamineArguments extends Pick<PoolArguments, "wine-prefix" | "config" | "engine"> {
    process?: string;
    game?: string | string[];
}

/** What yargs is told of it, beside the process. */
export const examineOptions = { ...gameOptions, ...engineOption, config: poolOptions.config };

/** @throws UserError USAGE */
export function toExamine(args: ExamineArguments, { output, io, services }: Context): ToExamine {
    const settings = readOptions(args);
    return {
        game: single("game", args.game),
        process: args.process === undefined ? undefined : parseTarget(args.process),
        config: single("config", args.config),
        engine: settings.engine ?? "auto",
        search: { winePrefix: settings.wine_prefix, env: io.env },
        connect: services.connect,
        onProgress: (line) => output.progress(line),
    };
}
