import { readdirSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { printable } from "../../shared/printable.js";
import { readMemoryMap } from "../process/memory-map.js";
import { pollUntil } from "../process/poll.js";
import { isTraced } from "../process/process-status.js";
import { list } from "../text/words.js";
import type { PoolRequester } from "./ask.js";
import { windowsModules } from "./windows-modules.js";

/** How often to check, how long to wait without a word, and the longest wait, in milliseconds. */
const checkMs = 5;
const silentMs = 1_000;
const limitMs = 15_000;
/** The same for the memory of the loader. */
const loaderCheckMs = 3;
const loaderLimitMs = 1_000;

/** What is Frida's in a program: names of files and threads. */
export type FridaParts = ReadonlySet<string>;

/** A Linux program of this system before Frida is in it. */
export interface BeforeFrida {
    /** Of another tool. */
    parts: FridaParts;
    /** Where code without a file begins. */
    code: ReadonlySet<number>;
    /** Whether a debugger, or an engine that has started it, holds it by ptrace. */
    isTraced: boolean;
}

/** @param pid of a Linux program, null for one of Windows: nothing is known of it */
export function beforeFrida(pid: number | null): BeforeFrida {
    if (pid === null) return { parts: new Set(), code: new Set(), isTraced: false };
    return { parts: fridaPartsHere(pid), code: new Set(codeWithoutFile(pid)), isTraced: isTraced(pid) };
}

/**
 * Where the code of Frida's loader begins, right after the attach: frida-core takes its memory back as the last thing, by
 * ptrace, up to a tenth of a second after the agent has gone. A signal to the program may get lost meanwhile.
 */
export function loaderOfFrida(pid: number | null, { code }: BeforeFrida): readonly number[] {
    return pid === null ? [] : codeWithoutFile(pid).filter((start) => !code.has(start));
}

/** Waits until that memory is gone; not for ever, as some of it may be code that the program has made itself. */
export async function waitUntilLoaderHasLeft(
    pid: number,
    loader: readonly number[],
    before: BeforeFrida,
): Promise<void> {
    await pollUntil(
        () => {
            const code = new Set(codeWithoutFile(pid));
            if (loader.some((start) => code.has(start))) return null;
            return before.isTraced || !isTraced(pid) ? true : null;
        },
        { everyMs: loaderCheckMs, limitMs: loaderLimitMs },
    );
}

function codeWithoutFile(pid: number): number[] {
    return (readMemoryMap(pid) ?? [])
        .filter(({ access, isAnonymous, name }) => access[2] === "x" && isAnonymous && name === "")
        .map(({ start }) => start);
}

/** What is Frida's in a Linux program of this system, by its memory map and its threads. */
export function fridaPartsHere(pid: number): FridaParts {
    const files = (readMemoryMap(pid) ?? []).map(({ name }) => name).filter((name) => /frida/i.test(name));
    return new Set([...files.map((name) => `the file ${name}`), ...fridaThreads(pid)]);
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
    const hasLeft = await pollUntil(
        async () => {
            left = [...(await parts())].filter((part) => !before.has(part));
            if (left.length === 0) return true;
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
