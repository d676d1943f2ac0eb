/**
 * What an installation costs a program, as Markdown: threads, memory and descriptors of the program before it and 5 s after
 * it, the time of an attach and of one question, and the work that a `watch` at 10 Hz takes away from a busy program.
 *
 * Usage: npm run bench:installation -- [--against FOLDER] [--on PLATFORM,...] [--rounds N]
 *
 * --against names another clone of poolnv that is built; the two are measured in turns.
 */
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { execa } from "execa";
import type { CompileTarget } from "../../test/fixtures/prepare/compile.js";
import { makeTarget, type Target, whyNot } from "../../test/fixtures/support/targets.js";
import { Victim } from "../../test/fixtures/support/victim.js";
import { type Before, beforeInstallation, whatIsLeft } from "../../test/safety/after-frida/what-is-left.js";
import { markdownTable } from "./output/grid.js";
import { spreadOf } from "./spread.js";

const { values: options } = parseArgs({
    options: {
        against: { type: "string" },
        on: { type: "string", default: "linux-x64,linux-i386,win32-msvcrt" },
        rounds: { type: "string", default: "15" },
    },
});

const mb = 1_048_576;
const rounds = Number(options.rounds);
/** After an attach, before what is left is measured, in milliseconds. */
const afterMs = 5_000;
/** How long a busy program works between two changes of a `watch`, in milliseconds; how often in one program. */
const spanMs = 500;
const pairs = 10;
/** To find out how long a call takes. */
const probeCalls = 5_000;
/** Until a `watch` has its session, in milliseconds. */
const watchStartMs = 2_000;

/** A poolnv to measure. */
interface Subject {
    readonly title: string;
    readonly commandLine: string;
}

const here = fileURLToPath(new URL("../../../", import.meta.url));
const subjects: readonly Subject[] = [
    { title: "this", commandLine: join(here, "dist/host/bin.js") },
    ...(options.against === undefined
        ? []
        : [{ title: options.against, commandLine: join(resolve(options.against), "dist/host/bin.js") }]),
];

for (const name of options.on.split(",") as CompileTarget[]) {
    const missing = whyNot(name);
    if (missing !== null) {
        console.log(`${name}: not measured, ${missing}\n`);
        continue;
    }
    const target = await makeTarget(name);
    Object.assign(process.env, target.env);
    try {
        console.log(await measure(target));
    } finally {
        target.remove();
    }
}

/** Where the figures of one poolnv go. */
type Add = (title: string, value: number) => void;

/** @returns a table with a column for each poolnv */
async function measure(target: Target): Promise<string> {
    const figures = subjects.map(() => new Map<string, number[]>());
    for (let round = 0; round < rounds; round++) {
        for (const [index, subject] of subjects.entries()) {
            const add: Add = (title, value) => {
                figures[index]!.set(title, [...(figures[index]!.get(title) ?? []), value]);
            };
            await measureInstallation(target, subject, round, add);
        }
    }
    const rows = [...figures[0]!.keys()].map((title) => [
        title,
        ...figures.map((values) => textOf(values.get(title) ?? [])),
    ]);
    const head = ["median (least to most)", ...subjects.map(({ title }) => title)];
    return markdownTable({ title: target.name, head, rows, notes: [] });
}

/** Installs a pool in a new program and measures it; in the first round also what takes long. */
async function measureInstallation(target: Target, subject: Subject, round: number, add: Add): Promise<void> {
    const victim = await Victim.start(target);
    const { pid } = victim;
    try {
        await victim.order("work 1 100 8");
        const before = await beforeInstallation(victim);
        add("attach --detach (s)", await secondsOf(subject, ["attach", String(pid), "--detach", "--pool-size", "256"]));
        if (round === 0) await measureWhatIsLeft(victim, before, add);
        add("exec GetMemoryPoolStats (s)", await secondsOf(subject, ["exec", String(pid), "GetMemoryPoolStats"]));
        for (const share of await sharesTakenByWatch(victim, subject)) {
            add("less work beside watch at 10 Hz (%)", 100 * share);
        }
    } finally {
        victim.kill();
        await victim.exited;
    }
}

async function measureWhatIsLeft(victim: Victim, before: Before, add: Add): Promise<void> {
    await pause(afterMs);
    const left = await whatIsLeft(victim, before);
    add("new threads", left.threads.length);
    add("new mapped files", left.files.length);
    add("new descriptors", left.descriptors.length);
    add("private memory beside pool and tables (MB)", left.privateBytes / mb);
    add("address space beside pool and tables (MB)", left.addressSpaceBytes / mb);
    add("wake-ups of new threads (1/s)", left.wakeUps);
}

async function secondsOf(subject: Subject, args: readonly string[]): Promise<number> {
    const started = performance.now();
    await execa(process.execPath, [subject.commandLine, ...args], { input: "" });
    return (performance.now() - started) / 1000;
}

/**
 * Shares of the work that a program with eight busy threads does not do beside a `watch`: pairs of short spans, in one of
 * which the `watch` is suspended, each pair in the opposite order of the one before.
 */
async function sharesTakenByWatch(victim: Victim, subject: Subject): Promise<number[]> {
    await victim.order("load");
    const args = [subject.commandLine, "watch", String(victim.pid), "--interval", "0.1", "--csv", "-"];
    const watch = execa(process.execPath, args, { reject: false, input: "", stdout: "ignore" });
    await pause(watchStartMs);
    const calls = Math.ceil((spanMs / (await passMs(victim, probeCalls))) * probeCalls);
    const span = async (signal: NodeJS.Signals): Promise<number> => {
        watch.kill(signal);
        return passMs(victim, calls);
    };
    const shares: number[] = [];
    for (let pair = 0; pair < pairs; pair++) {
        const isWatchedFirst = pair % 2 === 0;
        const first = await span(isWatchedFirst ? "SIGCONT" : "SIGSTOP");
        const second = await span(isWatchedFirst ? "SIGSTOP" : "SIGCONT");
        shares.push(isWatchedFirst ? 1 - second / first : 1 - first / second);
    }
    watch.kill("SIGCONT");
    watch.kill("SIGINT");
    await watch;
    await victim.order("rest");
    return shares;
}

/** How long each of the threads takes for so many calls, in milliseconds. */
async function passMs(victim: Victim, calls: number): Promise<number> {
    const started = performance.now();
    await victim.order(`pass ${calls}`);
    return performance.now() - started;
}

function textOf(values: readonly number[]): string {
    const { median, min, max, count } = spreadOf(values);
    return count === 1 ? median.toFixed(2) : `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`;
}
