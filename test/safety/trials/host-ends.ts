import { setTimeout as pause } from "node:timers/promises";
import type { CompileTarget } from "../../fixtures/prepare/compile.js";
import type { Victim } from "../../fixtures/support/victim.js";
import { type Host, PipedHost, TerminalHost } from "../hosts.js";
import { randomMoment } from "../moments.js";
import { nextHostTakesOver } from "../next-host.js";
import { strategyOfRound } from "../strategy-of-round.js";
import { onPrograms, type Random, type Trial } from "../trial.js";
import { eachVictim } from "../victims.js";
import { yielding } from "../yielding.js";

/** A disturbance of a host, or of its program, at a random moment. */
interface Disturbance<Kind extends Host> {
    readonly name: string;
    readonly what: string;
    readonly host: new (processName: string, strategy: "recycle" | "bump") => Kind;
    /** Causes it; afterwards the host ends. */
    happen(this: void, host: Kind, victim: Victim, random: Random): Promise<void> | void;
    /** How the host may end. */
    readonly ends: RegExp;
    /** How often in the short form; the moments of a few rounds are not all that there are. */
    readonly short?: (program: CompileTarget) => number;
}

export const hostKilled = disturbance({
    name: "host-killed",
    what: "kill -9 of the host at a random moment",
    host: PipedHost,
    happen: (host) => host.signal("SIGKILL"),
    ends: /^SIGKILL$/,
    short: (program) => (program === "linux-x64" ? 3 : 2),
});

export const hostHungUp = disturbance({
    name: "host-hung-up",
    what: "hang-up of the host at a random moment",
    host: PipedHost,
    happen: (host) => host.signal("SIGHUP"),
    ends: /^SIGHUP$/,
});

export const terminalClosed = disturbance({
    name: "terminal-closed",
    what: "terminal closed at a random moment",
    host: TerminalHost,
    happen: (host) => host.closeTerminal(),
    ends: /^(-1|0|1)$/, // a hang-up, or the end of its input; 1 while Node itself starts, which needs the terminal
});

export const interruptedTwice = disturbance({
    name: "interrupted-twice",
    what: "Ctrl-C twice at a random moment",
    host: TerminalHost,
    async happen(host, _victim, random) {
        host.interrupt();
        await pause(random.between(1, 300));
        host.interrupt();
    },
    ends: /^(-2|0)$/, // a signal until the console is there, which then leaves
});

export const hostPaused = disturbance({
    name: "host-paused",
    what: "SIGSTOP and SIGCONT of the host at a random moment",
    host: PipedHost,
    async happen(host, _victim, random) {
        host.signal("SIGSTOP");
        await pause(random.between(50, 1500));
        host.signal("SIGCONT");
        host.leave();
    },
    ends: /^0$/,
});

export const programPaused = disturbance({
    name: "program-paused",
    what: "SIGSTOP and SIGCONT of the program at a random moment",
    host: PipedHost,
    async happen(host, victim, random) {
        process.kill(victim.pid, "SIGSTOP");
        await pause(random.between(50, 1500));
        process.kill(victim.pid, "SIGCONT");
        host.leave();
    },
    ends: /^0$/,
});

/** While eight threads allocate without pause. */
function disturbance<Kind extends Host>({
    name,
    what,
    host: HostKind,
    happen,
    ends,
    short = () => 1,
}: Disturbance<Kind>): Trial {
    return onPrograms({
        name,
        what,
        count: (program) => ({ short: short(program), full: program === "linux-x64" ? 80 : 60 }),
        async run(task, tally) {
            let found = 0;
            await eachVictim({ ...task, target: yielding(task.target) }, tally, async (victim, round) => {
                const strategy = strategyOfRound(round);
                await victim.order("load");
                const host = new HostKind(victim.processName, strategy);
                const when = `round ${round}, ${await randomMoment(host, round + task.seed, task.random)}`;
                await happen(host, victim, task.random);
                const end = await host.ended();
                tally.expect(ends.test(end), `${when}: the host ended with ${end}: ${host.output.slice(-300)}`);
                if (await nextHostTakesOver(victim, strategy, tally, when)) found++;
            });
            tally.remarks.push(`the next host found the pool ${found} times and installed it in the others`);
        },
    });
}
