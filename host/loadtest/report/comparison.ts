import type { Outcome } from "./document.js";

/** A run beside an earlier one, save by save, by the names of their files. */
export interface Comparison {
    readonly earlier: EarlierRun;
    /** What was set otherwise then; a comparison says less where there is anything. */
    readonly settings: readonly SettingChange[];
    readonly worse: readonly SaveChange[];
    readonly better: readonly SaveChange[];
    /** Saves of both runs with no such change. */
    readonly same: number;
    /** Names of saves that only one of the two has a verdict of. */
    readonly onlyNow: readonly string[];
    readonly onlyEarlier: readonly string[];
}

export interface EarlierRun {
    /** ISO time. */
    readonly started: string;
    readonly poolnv: string;
}

export interface SettingChange {
    readonly name: string;
    readonly before: string;
    readonly now: string;
}

/** One thing of one save that got worse, or better. */
export type SaveChange = { readonly file: string } & (
    | { readonly what: "verdict"; readonly before: Outcome; readonly now: Outcome }
    /** Bytes. */
    | { readonly what: "peak"; readonly before: number; readonly now: number }
    /** 0 to 1. */
    | { readonly what: "fallbacks"; readonly before: number; readonly now: number }
    /** Seconds. */
    | { readonly what: "load"; readonly before: number; readonly now: number }
);

/** From what on a change is told: less than that differs from run to run without a cause. */
export const noticed = {
    /** Of the earlier peak, and bytes. */
    peak: { share: 0.05, least: 1_048_576 },
    /** Difference of the shares: 0.01 %. */
    fallbacks: { least: 0.0001 },
    /** Of the earlier time, and seconds. */
    load: { share: 0.1, least: 1 },
} as const;
