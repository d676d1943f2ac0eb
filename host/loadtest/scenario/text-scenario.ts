import { UserError } from "../../errors.js";
import { parseExpectation } from "../expectations/expect.js";
import type { Expectation } from "../expectations/expectation.js";
import { type Scenario, scenario, type Steps } from "./scenario.js";

/** One line of a plain-text scenario. */
interface Step {
    line: number;
    perform: (steps: Steps) => Promise<unknown>;
}

/** Longest wait of one line: a week. */
const secondsAtMost = 7 * 24 * 3600;
const framesAtMost = 1_000_000_000;

/**
 * A scenario for those who do not program: a command a line.
 *
 * @param name of the file, for errors
 * @throws UserError BAD_SCENARIO, which names the line
 */
export function parseTextScenario(text: string, name: string): Scenario {
    const steps: Step[] = [];
    const expectations: Expectation[] = [];
    let saves: string | null = null;
    for (const [index, written] of text.split(/\r?\n/).entries()) {
        const line = index + 1;
        const words = written.replace(/^\s*[#;].*$/, "").trim();
        const [, folder] = /^saves\s+(.+)$/i.exec(words) ?? [];
        const [, expected] = /^expect\s+(.+)$/i.exec(words) ?? [];
        if (words === "") continue;
        if (folder !== undefined) saves = folder;
        else if (expected !== undefined) expectations.push(namingLine(name, line, () => parseExpectation(expected)));
        else steps.push({ line, perform: parseStep(words, name, line) });
    }
    if (steps.length === 0) throw bad(name, 1, "it does nothing");
    return scenario({
        name,
        ...(saves === null ? {} : { saves }),
        ...(expectations.length === 0 ? {} : { expectations }),
        async run(given) {
            for (const { perform } of steps) await perform(given);
        },
    });
}

type Perform = Step["perform"];

/** Each command with what stands behind it. */
const commands: readonly [RegExp, (words: RegExpExecArray, line: number) => Perform | null][] = [
    [/^launch$/i, () => (steps) => steps.launch()],
    [
        /^attach\s+(\d+)$/i,
        ([, pid]) =>
            (steps) =>
                steps.attach(Number(pid)),
    ],
    [
        /^attach\s+(.+)$/i,
        ([, program]) =>
            (steps) =>
                steps.attach(program!),
    ],
    [/^load$/i, () => (steps) => steps.loadSave()],
    [
        /^load\s+(.+)$/i,
        ([, save]) =>
            (steps) =>
                steps.loadSave(save),
    ],
    [/^wait\s+for\s+loaded$/i, () => (steps) => steps.waitForLoaded()],
    [/^wait\s+(\d+(?:\.\d+)?)\s+seconds?$/i, ([, count]) => within(Number(count), secondsAtMost, waitSeconds)],
    [/^wait\s+(\d+)\s+frames?$/i, ([, count]) => within(Number(count), framesAtMost, waitFrames)],
    [/^soak$/i, () => (steps) => steps.waitSeconds(steps.soakSeconds)],
    [
        /^console\s+(.+)$/i,
        ([, text], line) =>
            (steps) =>
                runLine(steps, text!, line),
    ],
    [/^sample$/i, () => (steps) => steps.sample()],
    [
        /^note\s+(.+)$/i,
        ([, text]) =>
            async (steps) =>
                steps.note(text!),
    ],
];

const waitSeconds =
    (count: number): Perform =>
    (steps) =>
        steps.waitSeconds(count);

const waitFrames =
    (count: number): Perform =>
    (steps) =>
        steps.waitFrames(count);

function within(count: number, most: number, wait: (count: number) => Perform): Perform | null {
    return count <= most ? wait(count) : null;
}

async function runLine(steps: Steps, text: string, line: number): Promise<void> {
    if (!(await steps.runConsole(text))) throw new Error(`line ${line}: the game refused: ${text}`);
}

function parseStep(words: string, name: string, line: number): Perform {
    for (const [form, make] of commands) {
        const match = form.exec(words);
        const perform = match === null ? null : make(match, line);
        if (perform !== null) return perform;
    }
    throw bad(name, line, `"${words}" is no command`);
}

function namingLine<T>(name: string, line: number, work: () => T): T {
    try {
        return work();
    } catch (error) {
        throw error instanceof UserError ? bad(name, line, error.message.replace(/\.$/, ""), error.resolution) : error;
    }
}

function bad(name: string, line: number, what: string, resolution = commandList): UserError {
    return new UserError("BAD_SCENARIO", `${name}, line ${line}: ${what}.`, resolution);
}

const commandList =
    "There are: saves FOLDER, expect WHAT, launch, attach PROCESS, load [SAVE], wait for loaded, soak, " +
    "wait N seconds, wait N frames, console LINE, sample, note TEXT, and # for comments.";
