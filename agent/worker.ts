/** The script in frida-core's own process, for the worker of the npm binding. It runs in no other program. */
import type { WorkerCalls } from "../shared/protocol/worker-calls.js";
import { LinuxWorkerCalls } from "./worker/linux.js";
import { WindowsWorkerCalls } from "./worker/windows.js";

const calls: WorkerCalls = Process.platform === "windows" ? new WindowsWorkerCalls() : new LinuxWorkerCalls();

rpc.exports = {
    tryLock: (path: string) => calls.tryLock(path),
    readRecord: (lock: string, length: number) => calls.readRecord(lock, length),
    writeRecord: (lock: string, record: string) => calls.writeRecord(lock, record),
    unlock: (lock: string) => calls.unlock(lock),
    modulesOf: (pid: number) => calls.modulesOf(pid),
    watchExit: (pid: number) => calls.watchExit(pid),
};
