import type { Sample } from "../sample.js";

/** Somewhere that samples go to: a terminal, a file, a page. */
export interface SampleOutput {
    write(sample: Sample): void | Promise<void>;
    /** False once nobody can see them any more. */
    isHeard?(): boolean;
    /** After the last one, however the watching ended. */
    close(): void | Promise<void>;
}
