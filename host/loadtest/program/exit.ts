import type { SeenException } from "../../../shared/protocol/pool.js";
import type { ExitRecord } from "../results/record.js";

/** The end of a program of which nothing else is known. */
export const unknownExit: ExitRecord = { code: null, signal: null, exception: null, address: null, module: null };

/** How a program of this system ended, as reported to its parent. */
export function nativeExit(code: number | null, signal: string | null): ExitRecord {
    return { ...unknownExit, code, signal };
}

/** How a Windows program ended, by its exit code. After an unhandled exception that is the exception's code. */
export function windowsExit(code: number): ExitRecord {
    const isException = code >= severeErrors || code in exceptionNames;
    return { ...unknownExit, code, exception: isException ? exceptionText(code) : null };
}

/** Adds the place of the last exception, if that is what the program died of. */
export function withException(exit: ExitRecord, seen: SeenException | null): ExitRecord {
    if (seen === null || !diedOf(exit, seen)) return exit;
    const { type, address, module, offset } = seen;
    const place = module === null || offset === null ? module : `${module}+0x${offset.toString(16)}`;
    return { ...exit, exception: exit.exception ?? type.replaceAll("-", " "), address, module: place };
}

function diedOf({ code, signal }: ExitRecord, { type }: SeenException): boolean {
    return (
        (code !== null && codesOf[type]?.includes(code)) ||
        (signal !== null && signalsOf[type]?.includes(signal)) ||
        false
    );
}

/** Exit codes and signals of a program that died of an exception, by Frida's name of the exception. */
const codesOf: Readonly<Record<string, readonly number[]>> = {
    "access-violation": [0xc0000005],
    "illegal-instruction": [0xc000001d, 0xc0000096],
    "stack-overflow": [0xc00000fd],
    arithmetic: [0xc0000094, 0xc0000095, 0xc000008e],
};
const signalsOf: Readonly<Record<string, readonly string[]>> = {
    "access-violation": ["SIGSEGV", "SIGBUS"],
    "illegal-instruction": ["SIGILL"],
    arithmetic: ["SIGFPE"],
    abort: ["SIGABRT"],
};

/** Whether it ended without an error of its own. */
export function isClean({ code, signal }: ExitRecord): boolean {
    return code === 0 && signal === null;
}

/** As text, as far as it is known. */
export function exitText({ code, signal, exception, address, module }: ExitRecord): string {
    const place = address === null ? "" : ` at ${address}${module === null ? "" : ` in ${module}`}`;
    if (signal !== null) return `signal ${signal}${exception === null ? "" : ` (${exception})`}${place}`;
    if (exception !== null) return `exception ${exception}${place}`;
    if (code !== null) return `exit code ${code}${place}`;
    return `how is not known${place}`;
}

/** NTSTATUS codes from here on have the severity "error". */
const severeErrors = 0xc0000000;

const exceptionNames: Readonly<Record<number, string>> = {
    0x80000003: "breakpoint",
    0xc0000005: "access violation",
    0xc0000017: "no memory",
    0xc000001d: "illegal instruction",
    0xc0000025: "exception that can't be continued",
    0xc0000094: "division by zero",
    0xc0000096: "privileged instruction",
    0xc00000fd: "stack overflow",
    0xc000013a: "Ctrl-C",
    0xc0000374: "heap corruption",
    0xc0000409: "stack buffer overrun or abort",
    0xe06d7363: "C++ exception",
};

function exceptionText(code: number): string {
    const name = exceptionNames[code];
    return `0x${code.toString(16).toUpperCase().padStart(8, "0")}${name === undefined ? "" : ` (${name})`}`;
}
