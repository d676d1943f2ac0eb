import { setTimeout as pause } from "node:timers/promises";
import type { Host } from "./hosts.js";
import type { Random } from "./trial.js";

/** How far a host has come, by what it tells its user, and how long it may take for the next step, in milliseconds. */
const steps: readonly { name: string; says: RegExp; lasts: number }[] = [
    { name: "its start", says: /^/, lasts: 600 },
    { name: "the start of its engine", says: /starting the /, lasts: 500 },
    { name: "the attach", says: /attaching to/, lasts: 400 },
    { name: "the installation", says: /installing the pool/, lasts: 400 },
    { name: "the end of the installation", says: /has its pool|already has/, lasts: 2500 },
];

/**
 * Lets a host run until a random moment: its steps have it in turn, from the first instruction to
 * long after the pool is there.
 *
 * @returns the moment, in words
 */
export async function randomMoment(host: Host, turn: number, random: Random): Promise<string> {
    const { name, says, lasts } = steps[turn % steps.length]!;
    const milliseconds = random.between(0, lasts);
    await host.hasSaid(says);
    await pause(milliseconds);
    return `${milliseconds} ms after ${name}`;
}
