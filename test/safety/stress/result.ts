import { existsSync, readFileSync } from "node:fs";
import { median } from "../spread.js";
import type { Tally } from "../tally.js";
import type { Trial } from "../trial.js";

/** The result of one trial in one place: a row of the table. */
export interface Result {
    trial: string;
    what: string;
    place: string;
    seed: number;
    count: number;
    deaths: number;
    corruptions: number;
    /** The longest stall of all threads in each round, as the program measured it; null if it was not measured. */
    stall: { medianMs: number; longestMs: number } | null;
    passed: boolean;
    faults: string[];
    remarks: string[];
    seconds: number;
}

export function resultOf(trial: Trial, place: string, seed: number, tally: Tally, seconds: number): Result {
    const { count, deaths, corruptions, stallsMs, passed, faults, remarks } = tally;
    const stall = stallsMs.length === 0 ? null : { medianMs: median(stallsMs), longestMs: Math.max(...stallsMs) };
    const { name, what } = trial;
    return { trial: name, what, place, seed, count, deaths, corruptions, stall, passed, faults, remarks, seconds };
}

/** Results of earlier runs, a line of JSON for each; none if there is no such file. */
export function readResults(file: string): Result[] {
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Result);
}
