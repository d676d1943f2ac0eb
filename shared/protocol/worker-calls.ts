/**
 * System calls for the worker of the npm binding, which Node does not have: made by a script in frida-core's own process
 * (`agent/worker.ts`), which ends with the worker. The files of locks are those of the Python worker (`attach_lock.py`).
 */
export interface WorkerCalls {
    /**
     * Locks a file, which is created if it is missing, unless another process has locked it.
     *
     * @returns names the lock in the other calls; null: the file is locked, or was removed meanwhile
     */
    tryLock(path: string): string | null;
    /** The record in the file of a lock; `length` bytes at most. */
    readRecord(lock: string, length: number): string;
    writeRecord(lock: string, record: string): void;
    unlock(lock: string): void;
    /** Paths of the modules of a process of this Windows; none if it can't be inspected. */
    modulesOf(pid: number): string[];
    /** Sends a {@link ProgramExit} once the process has ended; nothing if it has ended already. Windows only. */
    watchExit(pid: number): void;
}

/** A message of the script. */
export interface ProgramExit {
    pid: number;
    /** 0 to 2^32 - 1 */
    exitCode: number;
}
