import { type Options, Presets, SingleBar } from "cli-progress";

import { printable } from "../../agent/shared/printable.js";
import type { LoadtestOptions } from "../loadtest/run/run-loadtest.js";
import type { Context } from "./context.js";

type Turn = Parameters<NonNullable<LoadtestOptions["onTurn"]>>[0];

/** How far a load test is: a bar with the time left on a terminal, lines elsewhere. */
export class LoadtestProgress {
    readonly #bar: SingleBar | null;
    #done = 0;

    constructor(
        readonly context: Pick<Context, "io" | "output">,
        isQuiet: boolean,
    ) {
        const { stderr } = context.io;
        this.#bar =
            stderr.isTTY === true && !isQuiet ? new SingleBar(barOptions(stderr), Presets.shades_classic) : null;
    }

    readonly onTurn = ({ index, count, file, verdict }: Turn): void => {
        const name = glance(file === "" ? "the scenario" : file);
        if (verdict !== null) this.#done++;
        if (this.#bar === null) {
            const place = `${index + 1} of ${count}`;
            this.context.output.progress(
                verdict === null ? `${place}: ${name}` : `${place}: ${name}: ${verdict.verdict.replace("_", " ")}`,
            );
        } else if (this.#bar.isActive) {
            this.#bar.update(this.#done, { name });
        } else {
            this.#done = index; // an interrupted run has left off there
            this.#bar.start(count, index, { name });
        }
    };

    close(): void {
        this.#bar?.stop();
    }
}

function barOptions(stream: NodeJS.WritableStream): Options {
    return {
        stream,
        format: "{bar} {value} of {total} saves  {eta_formatted} left  {name}",
        hideCursor: true,
        clearOnComplete: true,
        barsize: 24,
        linewrap: false,
        emptyOnZero: true,
        gracefulExit: false, // Ctrl-C is ours to act on
    };
}

const glanceAtMost = 40;

function glance(text: string): string {
    const letters = [...text];
    return printable(letters.length > glanceAtMost ? `${letters.slice(0, glanceAtMost - 1).join("")}…` : text);
}
