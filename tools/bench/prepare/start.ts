/**
 * What `npm run bench` and `npm run bench:installation` run after the preparation: the benchmark, or with `installation` as
 * the first argument that of an installation, if necessary in a mount namespace in which Frida can attach to 32-bit programs.
 * Exits with its exit code.
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { readEnvironments } from "../../../test/fixtures/prepare/environments.js";

const given = process.argv.slice(2);
const [program, options] =
    given[0] === "installation" ? ["../installation-cost.js", given.slice(1)] : ["../main.js", given];
const commandLine = fileURLToPath(new URL(program, import.meta.url));

const { linuxI386 } = readEnvironments();
const wrapper = linuxI386.ready ? linuxI386.wrapper : [];
const [file, ...args] = [...wrapper, process.execPath, commandLine, ...options];
const child = spawn(file!, args, { stdio: "inherit" });
// Ctrl-C reaches the child from the terminal; it prints its report and exits.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
child.once("exit", (code, signal) => (process.exitCode = code ?? 128 + constants.signals[signal!]));
