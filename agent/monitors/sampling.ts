/** Three times that, and nobody reads any more; see CALLERS_PATIENCE in the C. */
const INTERVAL_MS = 10_000;

/** Ends the sampling of callers that a host began and, having died, did not end. */
export function endUnreadSampling(tick: NativePointer, log: (line: string) => void): void {
    const pass = new NativeFunction(tick, "uint32", []);
    setInterval(() => {
        if (pass() !== 0) log("nobody reads any more who asks for memory: callers are no longer sampled");
    }, INTERVAL_MS);
}
