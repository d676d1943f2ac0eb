import { z } from "zod";

import type { EngineChoice } from "../engine/engine.js";
import type { Layer, PoolOptions, Strategy } from "../session/pool-session.js";

const POOL_SIZE_RANGE = "must be a whole number of MB from 16 to 1536, because one region holds 1.5 GB at most";

/** What every setting accepts as text, whether it stands in a file or on the command line. */
export const settingSchemas = {
    engine: choice<EngineChoice>(["auto", "binding", "python", "wine"]),
    wine_prefix: z.string().min(1, "must name a folder"),
    pool_size_mb: z
        .string()
        .regex(/^\d+$/, POOL_SIZE_RANGE)
        .transform(Number)
        .pipe(z.number().min(16, POOL_SIZE_RANGE).max(1536, POOL_SIZE_RANGE)),
    strategy: choice<Strategy>(["recycle", "bump"]),
    layers: z
        .string()
        .transform((text) => [...new Set(text.split(",").map((word) => word.trim()))])
        .pipe(z.array(choice<Layer>(["crt"]))),
    log: z.string().min(1, "must name a file"),
};

export type SettingName = keyof typeof settingSchemas;

export type Settings = { [Name in SettingName]?: z.infer<(typeof settingSchemas)[Name]> };

export const settingNames = Object.keys(settingSchemas) as SettingName[];

/** A setting's value, or what it must be, as the rest of a sentence. */
export type CheckedSetting = { settings: Settings } | { expectation: string };

/** Checks one setting. */
export function checkSetting(name: SettingName, text: string): CheckedSetting {
    const result = settingSchemas[name].safeParse(text);
    return result.success
        ? { settings: { [name]: result.data } }
        : { expectation: result.error.issues[0]?.message ?? "is not valid" };
}

/** The same settings in the words of the programming interface; what is not set is left out. */
export function toPoolOptions(settings: Settings): PoolOptions {
    const options: PoolOptions = {
        engine: settings.engine,
        winePrefix: settings.wine_prefix,
        poolSizeMb: settings.pool_size_mb,
        strategy: settings.strategy,
        layers: settings.layers,
        logFile: settings.log,
    };
    return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function choice<Word extends string>(words: [Word, ...Word[]]) {
    const expectation = words.length === 1 ? `knows only ${words[0]}` : `must be one of ${words.join(", ")}`;
    return z.enum(words, expectation);
}
