import { UserError } from "../../errors.js";
import { decimalNumber, type NumberOption, numberOption, wholeNumber } from "./number-option.js";
import { single } from "./resolve-settings.js";

/** Options of `watch` as they are typed. */
export interface WatchWords {
    interval?: string | string[];
    count?: string | string[];
    csv?: string | string[];
    prometheus?: string | string[];
    port?: string | string[];
    web: boolean;
    force: boolean;
}

/** The same, checked. */
export interface WatchWishes {
    intervalMs: number;
    count: number | undefined;
    /** A file, `-` for standard output, or undefined. */
    csv: string | undefined;
    prometheus: string | undefined;
    /** Port of the page, 0 for any; undefined where no page is wanted. */
    port: number | undefined;
    overwrite: boolean;
    /** Whether standard output carries values, and nothing for people. */
    isStdoutTaken: boolean;
}

/** @throws UserError USAGE */
export function readWatchOptions(words: WatchWords, json: boolean): WatchWishes {
    const interval = numberOption(intervalOption, words.interval) ?? 1;
    const count = numberOption(countOption, words.count);
    const port = numberOption(portOption, words.port);
    const csv = fileName("csv", words.csv);
    const prometheus = fileName("prometheus", words.prometheus);
    const claims = [csv === "-" ? "--csv -" : "", prometheus === "-" ? "--prometheus -" : "", json ? "--json" : ""];
    const [one, other] = claims.filter((claim) => claim !== "");
    if (one !== undefined && other !== undefined) {
        throw wrong(`${one} and ${other} both want standard output.`, "Name a file for one of them.");
    }
    if (port !== undefined && !words.web) {
        throw wrong("--port is for a page, but none is wanted.", "Add: --web");
    }
    if (words.force && csv === undefined) {
        throw wrong("--force overwrites a file of samples, but none is to be written.", "Add: --csv FILE");
    }
    return {
        intervalMs: interval * 1000,
        count,
        csv,
        prometheus,
        port: words.web ? (port ?? 0) : undefined,
        overwrite: words.force,
        isStdoutTaken: one !== undefined,
    };
}

const command = "watch";
const intervalOption: NumberOption = {
    name: "interval",
    command,
    shape: decimalNumber,
    least: 0.1,
    most: 3600,
    expectation: "seconds, 0.1 to 3600",
};
const countOption: NumberOption = {
    name: "count",
    command,
    shape: wholeNumber,
    least: 1,
    most: 1e9,
    expectation: "a whole number from 1",
};
const portOption: NumberOption = {
    name: "port",
    command,
    shape: wholeNumber,
    least: 0,
    most: 65535,
    expectation: "a whole number, 0 to 65535",
};

function fileName(option: string, words: string | string[] | undefined): string | undefined {
    const name = single(option, words);
    if (name === "")
        throw wrong(`The name of the file for --${option} is empty.`, "Name a file, or - for standard output.");
    return name;
}

function wrong(message: string, resolution: string): UserError {
    return new UserError("USAGE", message, resolution);
}
