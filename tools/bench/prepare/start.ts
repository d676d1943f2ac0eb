/**
 * What `npm run bench` runs once everything is prepared: the command `bench`, where need be in a mount namespace in
 * which Frida can attach to 32-bit programs. Ends with its exit code.
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { readEnvironments } from "../../../test/fixtures/prepare/environments.js";

const commandLine = fileURLToPath(new URL("../main.js", import.meta.url));

const { linuxI386 } = readEnvironments();
const wrapper = linuxI386.ready ? linuxI386.wrapper : [];
const [file, ...args] = [...wrapper, process.execPath, commandLine, ...process.argv.slice(2)];
const child = spawn(file!, args, { stdio: "inherit" });
// A Ctrl-C reaches the child from the terminal itself; it decides when all is told.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
child.once("exit", (code, signal) => (process.exitCode = code ?? 128 + constants.signals[signal!]));
