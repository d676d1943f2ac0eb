/**
 * The worker for the npm binding. It has the same protocol and the same rules for signals, lingering and giving up as
 * the worker for Python (`python/poolnv_worker`), and takes the same lock on a program.
 *
 * Usage: node main.js INPUT_DESCRIPTOR OUTPUT_DESCRIPTOR
 */
import type { Device } from "frida";
import type { ProgramExit } from "../../../../shared/protocol/worker-calls.js";
import { bindingVersion } from "../../binding-package.js";
import { UnpackingFolder } from "../unpacking-folder.js";
import { AttachLock, lockFolder } from "./attach-lock.js";
import { Channel } from "./channel.js";
import { watchHelpers } from "./helper-watchdog.js";
import { BindingOperations } from "./operations.js";
import { SystemSession } from "./system-session.js";

async function main(): Promise<void> {
    const [input, output] = process.argv.slice(2).map(Number) as [number, number];
    ignoreTerminal();
    const channel = new Channel(input, output);
    const unpacking = new UnpackingFolder();
    const onExit = ({ pid, exitCode }: ProgramExit): void => channel.send({ event: "exited", pid, code: exitCode });
    const loaded = await load(onExit).catch((error: unknown) => {
        channel.send({ hello: null, reason: error instanceof Error ? error.message : String(error) });
        return null;
    });
    if (loaded === null) return leave(unpacking);
    const { device, system } = loaded;
    const { environmentBefore } = unpacking;
    const attachLock = new AttachLock(system, channel, lockFolder(environmentBefore));
    const operations = new BindingOperations({ device, system, channel, attachLock, environment: environmentBefore });
    watchHelpers(operations.attachedPids);
    channel.send({ hello: { version: bindingVersion() ?? "", platform: process.platform } });
    // Also keeps Node from exiting while nothing but an answer of a program is awaited.
    setInterval(() => operations.exitWhenStuck(), 1000);
    for await (const request of channel.requests()) {
        process.on("SIGTERM", ignore);
        channel.send(await operations.answer(request));
        process.off("SIGTERM", ignore);
    }
    process.on("SIGTERM", ignore);
    await operations.finish();
    await system.close().catch(ignore);
    leave(unpacking);
}

/** SIGTERM ends it between two requests: exiting during an injection kills the program. So would a listener that fails. */
function ignoreTerminal(): void {
    for (const event of ["SIGINT", "SIGHUP", "SIGPIPE", "uncaughtException"]) process.on(event, ignore);
}

async function load(onExit: (exit: ProgramExit) => void): Promise<{ device: Device; system: SystemSession }> {
    const frida = await import("frida");
    const device = await frida.getLocalDevice();
    return { device, system: await SystemSession.open(device, onExit) };
}

function leave(unpacking: UnpackingFolder): void {
    unpacking.remove();
    process.exit(0);
}

function ignore(): void {}

await main();
