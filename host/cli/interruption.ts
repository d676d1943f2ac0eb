/** Not SIGHUP: who has lost their terminal has nothing to put in order, and Node aborts when it tries to. */
const signals = ["SIGINT", "SIGTERM"] as const;

/** The first Ctrl-C (or wish to end) tells the work to come to its end in good order; the next one ends us. */
export async function interruptibly<T>(onInterrupt: () => void, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const interruption = new AbortController();
    // Stays in its place at the first: what restores the cursor ends the process where nobody else listens.
    const interrupt = (signal: NodeJS.Signals) => {
        if (interruption.signal.aborted) {
            ignore();
            process.kill(process.pid, signal);
            return;
        }
        onInterrupt();
        interruption.abort();
    };
    const ignore = () => {
        for (const signal of signals) process.off(signal, interrupt);
    };
    for (const signal of signals) process.on(signal, interrupt);
    try {
        return await work(interruption.signal);
    } finally {
        ignore();
    }
}
