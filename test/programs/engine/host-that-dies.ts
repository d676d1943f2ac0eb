/**
 * A host that is at work in a program when it is killed. Tells the pid of its worker, and begins.
 *
 * Usage: node host-that-dies.js INDEX-OF-THE-CASE PID SECONDS
 */
import { settler, visitor } from "./agents.js";
import { engineCases, openWithPid } from "./engine-case.js";

const [index, pid, seconds] = process.argv.slice(2).map(Number) as [number, number, number];
const { engine, worker } = await openWithPid(engineCases[index]!);
const session = await engine.attach(pid, visitor);
const planted = session.plant(
    settler,
    { method: "settle", payload: { seconds, refuse: false } },
    { method: "mark", payload: "finished alone" },
);
console.log(worker);
await planted;
