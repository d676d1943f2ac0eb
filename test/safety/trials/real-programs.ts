import type { Unready } from "../../prepare/environments.js";
import { attachToSuite } from "../real-programs/attach-to-suite.js";
import { linuxPython, type PythonSuite, windowsPython } from "../real-programs/python-suite.js";
import type { Trial } from "../trial.js";

const suites: Readonly<Record<string, () => PythonSuite | Unready>> = {
    python3: linuxPython,
    "windows-python": windowsPython,
};

/** Programs that others wrote get the pool in the middle of their work, and their own checks decide. */
export const realPrograms: Trial = {
    name: "real-programs",
    what: "attaches to programs of others at work",
    places: Object.keys(suites),
    count: () => ({ short: 1, full: 20 }),
    whyNot(place) {
        const suite = suites[place]!();
        return "reason" in suite ? `${suite.reason} (${suite.remedy})` : null;
    },
    async run(task, tally) {
        const suite = suites[task.place]!();
        if ("reason" in suite) throw new Error(suite.reason);
        await attachToSuite(suite, task, tally);
    },
};
