import { type Options, SingleBar } from "cli-progress";
import { printable } from "../../../shared/printable.js";
import type { LoadtestOptions } from "../../loadtest/run/run-loadtest.js";
import { TimeLeft } from "../../text/time-left.js";
import type { Context } from "../context.js";
import { verdictText } from "./loadtest-report.js";

type TestCase = Parameters<NonNullable<LoadtestOptions["onCase"]>>[0];

/** Milliseconds between two updates of the time left. */
const tickMs = 1000;

/** Shows the progress of a load test: a bar with the time left on a terminal, else lines. */
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

    readonly onCase = ({ index, count, file, verdict }: TestCase): void => {
        const name = shortened(file === "" ? "the scenario" : file);
        if (this.#bar === null) this.#print(`${index + 1} of ${count}: ${name}`, verdict);
        else this.#draw(this.#bar, index, count, name, verdict !== null);
    };

    close(): void {
        clearInterval(this.#tick);
        this.#bar?.stop();
    }

    #print(text: string, verdict: TestCase["verdict"]): void {
        const outcome = verdict === null ? "" : `: ${verdictText(verdict.verdict)}`;
        this.context.output.progress(text + outcome);
    }

    #draw(bar: SingleBar, index: number, count: number, name: string, isDone: boolean): void {
        if (this.#left === null) {
            this.#left = new TimeLeft(count - index); // a resumed run starts there
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
        gracefulExit: false, // Ctrl-C is handled by the command
    };
}

const nameAtMost = 40;

function shortened(text: string): string {
    const letters = [...text];
    return printable(letters.length > nameAtMost ? `${letters.slice(0, nameAtMost - 1).join("")}…` : text);
}
