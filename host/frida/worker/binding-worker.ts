/**
 * The worker for the npm binding. It has the same protocol and the same rules for signals, lingering and giving up as
 * the worker for Python (`python/poolnv_worker`).
 *
 * Usage: node binding-worker.js INPUT_DESCRIPTOR OUTPUT_DESCRIPTOR
 */
import { createReadStream, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { bindingVersion } from "../binding-package.js";
import { BindingOperations } from "./binding-operations.js";
import { UnpackingFolder } from "./unpacking-folder.js";
import type { WorkerLine, WorkerRequest } from "./worker-protocol.js";

/** Longest line to the parent, in characters. */
const lineLimit = 16 * 1024 * 1024;

async function main(): Promise<void> {
    ignoreTerminal();
    const [input, output] = process.argv.slice(2).map(Number) as [number, number];
    const send = (line: WorkerLine): void => write(output, line);
    const unpacking = new UnpackingFolder();
    const frida = await import("frida").catch((error: unknown) => {
        send({ hello: null, reason: error instanceof Error ? error.message : String(error) });
        return null;
    });
    if (frida === null) return unpacking.remove();
    const operations = new BindingOperations(await frida.getLocalDevice(), send, unpacking.environmentBefore);
    send({ hello: { version: bindingVersion() ?? "", platform: process.platform } });
    const requests = createReadStream("", { fd: input });
    requests.once("end", () => setInterval(() => operations.exitWhenStuck(), 1000).unref());
    for await (const line of createInterface({ input: requests })) {
        send(await operations.answer(JSON.parse(line) as WorkerRequest));
    }
    await operations.finish();
    unpacking.remove();
    process.exit(0);
}

function ignoreTerminal(): void {
    for (const signal of ["SIGINT", "SIGHUP", "SIGTERM", "SIGPIPE"] as const) process.on(signal, () => {});
}

function write(descriptor: number, line: WorkerLine): void {
    try {
        const text = JSON.stringify(line);
        if (text.length <= lineLimit) {
            writeSync(descriptor, text + "\n");
        } else if ("id" in line) {
            const message = `answered with ${text.length} characters`;
            write(descriptor, { id: line.id, results: [], error: { name: "InvalidAnswer", message } });
        }
    } catch {
        // the parent has ended; its request is finished all the same
    }
}

await main();
