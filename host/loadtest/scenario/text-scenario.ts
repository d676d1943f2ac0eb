import { UserError } from "../../errors.js";
import { type Expectation, parseExpectation } from "./expectations.js";
import { type Scenario, scenario, type Steps } from "./scenario.js";

/** One line of a plain-text scenario. */
interface Step {
    line: number;
    perform: (steps: Steps) => Promise<unknown>;
}

/** Longest waits of one line; the seconds are a week. */
const secondsAtMost = 7 * 24 * 3600;
const framesAtMost = 1_000_000_000;

/**
 * Parses a plain-text scenario: one command per line.
 *
 * @param name name of the file, for errors
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
    if (steps.length === 0) throw bad(name, 1, "it has no commands");
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

/** The commands with their arguments. */
const commands: readonly [RegExp, (words: RegExpExecArray, line: number) => Perform | null][] = [
    [/^launch$/i, () => (steps) => steps.launch()],
    [/^attach\s+(\d+)$/i, ([, pid]) => attach(Number(pid))],
    [/^attach\s+(.+)$/i, ([, program]) => attach(program!)],
    [/^load$/i, () => (steps) => steps.loadSave()],
    [/^load\s+(.+)$/i, ([, save]) => loadSave(save!)],
    [/^wait\s+for\s+loaded$/i, () => (steps) => steps.waitForLoaded()],
    [/^wait\s+(\d+(?:\.\d+)?)\s+seconds?$/i, ([, count]) => within(Number(count), secondsAtMost, waitSeconds)],
    [/^wait\s+(\d+)\s+frames?$/i, ([, count]) => within(Number(count), framesAtMost, waitFrames)],
    [/^soak$/i, () => (steps) => steps.waitSeconds(steps.soakSeconds)],
    [/^console\s+(.+)$/i, ([, text], line) => runConsole(text!, line)],
    [/^sample$/i, () => (steps) => steps.sample()],
    [/^note\s+(.+)$/i, ([, text]) => note(text!)],
];

function attach(process: string | number): Perform {
    return (steps) => steps.attach(process);
}

function loadSave(save: string): Perform {
    return (steps) => steps.loadSave(save);
}

function waitSeconds(count: number): Perform {
    return (steps) => steps.waitSeconds(count);
}

function waitFrames(count: number): Perform {
    return (steps) => steps.waitFrames(count);
}

function note(text: string): Perform {
    return async (steps) => steps.note(text);
}

function runConsole(text: string, line: number): Perform {
    return async (steps) => {
        if (!(await steps.runConsole(text))) throw new Error(`line ${line}: the game refused: ${text}`);
    };
}

function within(count: number, most: number, wait: (count: number) => Perform): Perform | null {
    return count <= most ? wait(count) : null;
}

function parseStep(words: string, name: string, line: number): Perform {
    for (const [form, make] of commands) {
        const match = form.exec(words);
        const perform = match === null ? null : make(match, line);
        if (perform !== null) return perform;
    }
    throw bad(name, line, `"${words}" is not a command`);
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
    "The commands are: saves FOLDER, expect WHAT, launch, attach PROCESS, load [SAVE], wait for loaded, soak, " +
    "wait N seconds, wait N frames, console LINE, sample, note TEXT, and # for comments.";
