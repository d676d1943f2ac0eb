/**
 * A host that is killed during a request. Prints the pid of its worker, and begins.
 *
 * Usage: node host-that-dies.js INDEX-OF-THE-CASE PID SECONDS
 */
import { sessionAgent } from "./agents.js";
import { engineCases, openWithPid } from "./engine-case.js";

const [index, pid, seconds] = process.argv.slice(2).map(Number) as [number, number, number];
const { engine, worker } = await openWithPid(engineCases[index]!);
const session = await engine.attach(pid, sessionAgent);
const answers = session.requestAll([
    { method: "answerLate", payload: seconds },
    { method: "mark", payload: "finished without host" },
]);
console.log(worker);
await answers;
