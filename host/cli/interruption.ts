/** Not SIGHUP: a closed terminal leaves nothing to clean up, and Node aborts if it writes to one. */
const signals = ["SIGINT", "SIGTERM"] as const;

/** Runs work that Ctrl-C or SIGTERM aborts in good order; a second signal ends the process. */
export async function interruptibly<T>(onInterrupt: () => void, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    // Stays installed after the first signal: the library that restores the cursor ends the process if it is the only listener.
    const interrupt = (signal: NodeJS.Signals) => {
        if (controller.signal.aborted) {
            restore();
            process.kill(process.pid, signal);
            return;
        }
        onInterrupt();
        controller.abort();
    };
    const restore = () => {
        for (const signal of signals) process.off(signal, interrupt);
    };
    for (const signal of signals) process.on(signal, interrupt);
    try {
        return await work(controller.signal);
    } finally {
        restore();
    }
}
