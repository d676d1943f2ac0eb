import { setTimeout as pause } from "node:timers/promises";
import type { Host } from "./hosts.js";
import type { Random } from "./trial.js";

/** Steps of a host, by its output, and how long the next step may take, in milliseconds. */
const steps: readonly { name: string; says: RegExp; lasts: number }[] = [
    { name: "its start", says: /^/, lasts: 600 },
    { name: "the start of its engine", says: /starting the /, lasts: 500 },
    { name: "the attach", says: /attaching to/, lasts: 400 },
    { name: "the installation", says: /installing the pool/, lasts: 400 },
    { name: "the end of the installation", says: /has its pool|already has/, lasts: 2500 },
];

/**
 * Lets a host run until a random moment: in each of its steps in turn, from its start until after the installation.
 *
 * @returns the moment, for messages
 */
export async function randomMoment(host: Host, round: number, random: Random): Promise<string> {
    const { name, says, lasts } = steps[round % steps.length]!;
    const milliseconds = random.between(0, lasts);
    await host.untilPrinted(says);
    await pause(milliseconds);
    return `${milliseconds} ms after ${name}`;
}
