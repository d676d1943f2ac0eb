const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The first Ctrl-C (or wish to end) tells the work to come to its end in good order; the next one ends us. */
export async function interruptibly<T>(onInterrupt: () => void, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const interruption = new AbortController();
    const interrupt = () => {
        for (const signal of signals) process.off(signal, interrupt);
        onInterrupt();
        interruption.abort();
    };
    for (const signal of signals) process.on(signal, interrupt);
    try {
        return await work(interruption.signal);
    } finally {
        for (const signal of signals) process.off(signal, interrupt);
    }
}
