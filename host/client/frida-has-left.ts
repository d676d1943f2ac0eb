import { readdirSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { printable } from "../../shared/printable.js";
import { readMemoryMap } from "../process/memory-map.js";
import { pollUntil } from "../process/poll.js";
import { tracerOf } from "../process/process-status.js";
import { list } from "../text/words.js";
import type { PoolRequester } from "./ask.js";
import { windowsModules } from "./windows-modules.js";

/** How many checks in a row must find nothing: it is a moment from the unloaded agent to the stopped thread. */
const timesToSee = 2;
/** How often to check, how long to wait without a word, and the longest wait, in milliseconds. */
const checkMs = 20;
const silentMs = 1_000;
const limitMs = 15_000;

/** What is Frida's in a program: names of files and threads. */
export type FridaParts = ReadonlySet<string>;

/**
 * What is Frida's in a Linux program of this system, by its memory map and its threads. At the end frida-core stops a thread
 * by ptrace for some milliseconds, to take back the memory of its loader: a signal to the program may get lost meanwhile.
 */
export function fridaPartsHere(pid: number): FridaParts {
    const files = (readMemoryMap(pid) ?? []).map(({ name }) => name).filter((name) => /frida/i.test(name));
    const traced = tracerOf(pid) === null ? [] : ["a thread that is traced"];
    return new Set([...files.map((name) => `the file ${name}`), ...fridaThreads(pid), ...traced]);
}

/** What is Frida's in a Windows program, by the modules that its resident lists; Wine names threads by their creators. */
export async function fridaModules(client: Pick<PoolRequester, "ask">): Promise<FridaParts> {
    const files = (await windowsModules(client)).map(({ path }) => path).filter((path) => /frida/i.test(path));
    return new Set(files.map((path) => `the file ${path}`));
}

/**
 * Waits until nothing of Frida's is left in a program that was not there before. A program that keeps some of it is not
 * harmed: the user is informed of it.
 *
 * @param parts what is there at the moment
 * @param before what was there before we attached: of another tool
 */
export async function waitUntilFridaHasLeft(
    parts: () => FridaParts | Promise<FridaParts>,
    before: FridaParts,
    onProgress: (line: string) => void,
): Promise<void> {
    const started = performance.now();
    let left: string[] = [];
    let isSilent = true;
    let timesGone = 0;
    const hasLeft = await pollUntil(
        async () => {
            left = [...(await parts())].filter((part) => !before.has(part));
            timesGone = left.length === 0 ? timesGone + 1 : 0;
            if (timesGone === timesToSee) return true;
            if (isSilent && performance.now() - started > silentMs) {
                isSilent = false;
                onProgress("waiting until Frida has left the program");
            }
            return null;
        },
        { everyMs: checkMs, limitMs },
    );
    if (hasLeft === true) return;
    onProgress(
        `warning: after ${limitMs / 1000} s the program still has ${printable(list(left))} of Frida's; its pool works without them`,
    );
}

/** Frida's own threads, and those of the libraries in it. */
const threadNames = /^(frida|gum-js|gmain$|gdbus$|pool-)/;

function fridaThreads(pid: number): string[] {
    return threadsOf(pid).flatMap((thread) => {
        const name = nameOf(pid, thread);
        return threadNames.test(name) ? [`the thread ${name} (${thread})`] : [];
    });
}

function threadsOf(pid: number): string[] {
    try {
        return readdirSync(`/proc/${pid}/task`);
    } catch {
        return []; // the program has ended
    }
}

/** Empty if the thread has ended. */
function nameOf(pid: number, thread: string): string {
    try {
        return readFileSync(`/proc/${pid}/task/${thread}/comm`, "utf8").trim();
    } catch {
        return "";
    }
}
