import { readEnvironments, type Unready } from "../../fixtures/prepare/environments.js";
import { attachToSuite } from "../real-programs/attach-to-suite.js";
import { attachToValkey } from "../real-programs/attach-to-valkey.js";
import { linuxPython, type PythonSuite, windowsPython } from "../real-programs/python-suite.js";
import type { Tally } from "../tally.js";
import type { Task, Trial } from "../trial.js";

/** Runs a program and installs the pool in it; or why the program is missing. */
type Attempt = ((task: Task, tally: Tally) => Promise<void>) | Unready;

const programs: Readonly<Record<string, () => Attempt>> = {
    python3: () => ofSuite(linuxPython()),
    valkey: () => {
        const { valkey } = readEnvironments();
        return valkey.ready ? (task, tally) => attachToValkey(valkey.server, task, tally) : valkey;
    },
    "windows-python": () => ofSuite(windowsPython()),
};

/** Programs of other projects get the pool in the middle of their work, and their own checks decide. */
export const realPrograms: Trial = {
    name: "real-programs",
    what: "attaches to programs of others at work",
    places: Object.keys(programs),
    count: () => ({ short: 1, full: 20 }),
    whyNot(place) {
        const attempt = programs[place]!();
        return typeof attempt === "function" ? null : `${attempt.reason} (${attempt.resolution})`;
    },
    async run(task, tally) {
        const attempt = programs[task.place]!();
        if (typeof attempt !== "function") throw new Error(attempt.reason);
        await attempt(task, tally);
    },
};

function ofSuite(suite: PythonSuite | Unready): Attempt {
    return "reason" in suite ? suite : (task, tally) => attachToSuite(suite, task, tally);
}
