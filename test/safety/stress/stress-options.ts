import { parseArgs } from "node:util";
import { UserError } from "../../../host/errors.js";
import type { Trial } from "../trial.js";

export interface StressOptions {
    trials: readonly Trial[];
    /** Null: all places. */
    places: readonly string[] | null;
    /** Share of the full counts. */
    scale: number;
    /** Base of all seeds. */
    seed: number;
    /** Each result is appended to it as a line of JSON, as soon as it is known. */
    jsonFile: string | null;
    /** Whether trials that passed according to that file are left out. */
    resume: boolean;
    markdownFile: string | null;
}

const usage =
    "npm run test:stress -- [TRIAL ...] [--on PLACE,...] [--scale 0.1] [--seed N] [--json FILE [--resume]] [--markdown FILE]";

/** @throws UserError USAGE with the valid choices */
export function parseStressOptions(args: string[], all: readonly Trial[]): StressOptions {
    const { values, positionals } = parse(args);
    const places = values.on?.split(",") ?? null;
    if (values.resume === true && values.json === undefined) {
        throw new UserError("USAGE", "--resume needs the results of what was interrupted", usage);
    }
    choose(
        "trial",
        positionals,
        all.map(({ name }) => name),
    );
    choose("place", places ?? [], [...new Set(all.flatMap(({ places }) => places))]);
    return {
        trials: all.filter(({ name }) => positionals.length === 0 || positionals.includes(name)),
        places,
        scale: positive("scale", values.scale ?? "1"),
        seed: Math.floor(positive("seed", values.seed ?? "1")),
        jsonFile: values.json ?? null,
        resume: values.resume ?? false,
        markdownFile: values.markdown ?? null,
    };
}

function parse(args: string[]) {
    try {
        return parseArgs({
            args,
            allowPositionals: true,
            options: {
                on: { type: "string" },
                scale: { type: "string" },
                seed: { type: "string" },
                json: { type: "string" },
                resume: { type: "boolean" },
                markdown: { type: "string" },
            },
        });
    } catch (error) {
        throw new UserError("USAGE", (error as Error).message, usage);
    }
}

function choose(what: string, wanted: readonly string[], known: readonly string[]): void {
    const unknown = wanted.filter((name) => !known.includes(name));
    if (unknown.length > 0) {
        throw new UserError("USAGE", `there is no ${what} ${unknown.join(", ")}`, `choose from: ${known.join(", ")}`);
    }
}

function positive(name: string, text: string): number {
    const number = Number(text);
    if (!(number > 0)) throw new UserError("USAGE", `--${name} must be a number above 0, not ${text}`, usage);
    return number;
}
