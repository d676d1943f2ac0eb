import { type Options, SingleBar } from "cli-progress";

import { printable } from "../../../shared/printable.js";
import { TimeLeft } from "../../text/time-left.js";
import type { LoadtestOptions } from "../../loadtest/run/run-loadtest.js";
import type { Context } from "../context.js";
import { inWords } from "./loadtest-report.js";

type TestCase = Parameters<NonNullable<LoadtestOptions["onTurn"]>>[0];

/** How often the time left is shown anew, in milliseconds. */
const tickMs = 1000;

/** How far a load test is: a bar with the time left on a terminal, lines elsewhere. */
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
        const name = glance(file === "" ? "the scenario" : file);
        if (this.#bar === null) this.#tell(`${index + 1} of ${count}: ${name}`, verdict);
        else this.#draw(this.#bar, index, count, name, verdict !== null);
    };

    close(): void {
        clearInterval(this.#tick);
        this.#bar?.stop();
    }

    #tell(words: string, verdict: TestCase["verdict"]): void {
        const outcome = verdict === null ? "" : `: ${inWords(verdict.verdict)}`;
        this.context.output.progress(words + outcome);
    }

    #draw(bar: SingleBar, index: number, count: number, name: string, isDone: boolean): void {
        if (this.#left === null) {
            this.#left = new TimeLeft(count - index); // an interrupted run has left off there
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
        gracefulExit: false, // Ctrl-C is ours to act on
    };
}

const glanceAtMost = 40;

function glance(text: string): string {
    const letters = [...text];
    return printable(letters.length > glanceAtMost ? `${letters.slice(0, glanceAtMost - 1).join("")}…` : text);
}
