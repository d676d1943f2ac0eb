/**
 * Loaded into a process before its program (`node --import`): kills it (SIGKILL) at the n-th call that changes something in
 * a folder. `POOLNV_TEST_DIE_AT` is n, `POOLNV_TEST_DIE_IN` the folder. A write is torn in half first.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const folder = process.env["POOLNV_TEST_DIE_IN"] ?? "";
let left = Number(process.env["POOLNV_TEST_DIE_AT"]);
const handles = new Set<number>();

const { openSync, writeFileSync, writeSync } = fs;

fs.openSync = (path, flags, mode) => {
    const writes = isInside(path) && typeof flags === "number" && (flags & fs.constants.O_WRONLY) !== 0;
    if (writes) maybeDie();
    const handle = openSync(path, flags, mode);
    if (writes) handles.add(handle);
    return handle;
};

fs.writeFileSync = (file, data, options) => {
    if (typeof file === "number" && handles.has(file)) {
        maybeDie(() => {
            const bytes = Buffer.from(data as Uint8Array);
            writeSync(file, bytes.subarray(0, bytes.length / 2));
        });
    }
    writeFileSync(file, data, options);
};

for (const name of ["renameSync", "rmSync", "mkdirSync", "rmdirSync"] as const) {
    const original = fs[name] as (...args: unknown[]) => unknown;
    const dying = (...args: unknown[]): unknown => {
        if (isInside(args[0])) maybeDie();
        return original(...args);
    };
    Object.assign(fs, { [name]: dying });
}

syncBuiltinESMExports();

function isInside(path: unknown): boolean {
    return typeof path === "string" && path.startsWith(folder);
}

function maybeDie(first: () => void = () => {}): void {
    if (--left !== 0) return;
    first();
    process.kill(process.pid, "SIGKILL");
}
