/**
 * A host that is killed during a request. Prints the pid of its worker, and begins.
 *
 * Usage: node host-that-dies.js INDEX-OF-THE-CASE PID SECONDS
 */
import { residentAgent, sessionAgent } from "./agents.js";
import { engineCases, openWithPid } from "./engine-case.js";

const [index, pid, seconds] = process.argv.slice(2).map(Number) as [number, number, number];
const { engine, worker } = await openWithPid(engineCases[index]!);
const session = await engine.attach(pid, sessionAgent);
const planted = session.plant(
    residentAgent,
    { method: "begin", payload: { seconds, refuse: false } },
    { method: "mark", payload: "finished without host" },
);
console.log(worker);
await planted;
