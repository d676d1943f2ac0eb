import { type Options, SingleBar } from "cli-progress";

import { printable } from "../../../shared/printable.js";
import { TimeLeft } from "../../text/time-left.js";
import type { LoadtestOptions } from "../../loadtest/run/run-loadtest.js";
import type { Context } from "../context.js";
import { verdictText } from "./loadtest-report.js";

type TestCase = Parameters<NonNullable<LoadtestOptions["onTurn"]>>[0];

/** Interval between two updates of the time left, in milliseconds. */
const tickMs = 1000;

/** Progress of a load test: a bar with the time left on a terminal, else lines. */
export class LoadtestProgress {
    readonly #bar: SingleBar | null;
    #left: TimeLeft | null = null;
    #tick: NodeJS.Timeout | undefined;
    #done = 0;

    constructor(
        readonly context: Pick<Context, "io" | "output">,
        isQuiet: boolean,
    ) {
        const { stderr } = context.io;
        this.#bar = stderr.isTTY === true && !isQuiet ? new SingleBar(barOptions(stderr)) : null;
    }

    readonly onTurn = ({ index, count, file, verdict }: TestCase): void => {
        const name = shorten(file === "" ? "the scenario" : file);
        if (this.#bar === null) this.#report(`${index + 1} of ${count}: ${name}`, verdict);
        else this.#draw(this.#bar, index, count, name, verdict !== null);
    };

    close(): void {
        clearInterval(this.#tick);
        this.#bar?.stop();
    }

    #report(step: string, verdict: TestCase["verdict"]): void {
        const outcome = verdict === null ? "" : `: ${verdictText(verdict.verdict)}`;
        this.context.output.progress(step + outcome);
    }

    #draw(bar: SingleBar, index: number, count: number, name: string, isDone: boolean): void {
        if (this.#left === null) {
            this.#left = new TimeLeft(count - index); // where an interrupted run stopped
            this.#done = index;
            bar.start(count, index, { name, left: "" });
            this.#tick = setInterval(() => bar.update({ left: String(this.#left) }), tickMs);
        }
        if (isDone) {
            this.#left.finish(1);
            this.#done++;
        }
        bar.update(this.#done, { name, left: String(this.#left) });
    }
}

function barOptions(stream: NodeJS.WritableStream): Options {
    return {
        stream,
        format: "[{bar}] {value} of {total} saves  {left}  {name}",
        barCompleteChar: "#",
        barIncompleteChar: ".",
        hideCursor: true,
        clearOnComplete: true,
        barsize: 24,
        linewrap: false,
        gracefulExit: false, // we handle Ctrl-C
    };
}

const longestName = 40;

function shorten(text: string): string {
    const letters = [...text];
    return printable(letters.length > longestName ? `${letters.slice(0, longestName - 1).join("")}…` : text);
}
